import { SERVICES, type Service } from './addresses';
import type { DelayLine } from './delay-line';
import { CLIENT_LINK, publicLink, vpcLink } from './link-names';

/** One endpoint of a connection that a fault can name: a droplet's side, the client, a service, or everyone there is. */
export type Endpoint =
  | { readonly droplet: number; readonly side: 'public' | 'vpc' }
  | 'client'
  | Service
  | 'everyone';

/** Packets from one endpoint to the other are lost, also those of established connections. */
export interface Cut {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Packets from one endpoint to the other wait in a line, until that is mended. */
export interface Hold {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly line: Pick<DelayLine, 'device'>;
}

/** Bytes of the largest packet on all links, and of those that each host has to take. */
export const MTU = 1500;
const LEAST_MTU = 576;

/** What is wrong with a link. */
export interface Disturbance {
  /** Share of the packets that are lost, in each direction, in percent. @default 0 */
  readonly loss?: number;
  /** Added to each packet towards this endpoint, hence to each round trip, in milliseconds. @default 0 */
  readonly delay?: number;
  /**
   * Packets of more bytes are lost in each direction, and nobody is told: a tunnel on the way, and a firewall that takes ICMP for a
   * danger. @default - as large as everywhere
   */
  readonly mtu?: number;
}

/** Rules (nft syntax) for the hooks where they belong. */
export interface FaultRules {
  readonly forward: string[];
  readonly input: string[];
  readonly output: string[];
}

export function cutRules(cuts: readonly Cut[]): FaultRules {
  const rules: FaultRules = { forward: [], input: [], output: [] };
  for (const { from, to } of cuts) {
    const drop = `${matches(from, 'iifname', 'ip saddr')} ${matches(to, 'oifname', 'ip daddr')} drop`.trim();
    if (!isService(from) && !isService(to)) rules.forward.push(drop);
    if (!isService(from) && (isService(to) || to === 'everyone')) rules.input.push(drop);
    if (!isService(to) && (isService(from) || from === 'everyone')) rules.output.push(drop);
  }
  return rules;
}

/** @throws when no packet ever goes between the two endpoints, so that cutting them would do nothing */
export function checkCut({ from, to }: Cut): void {
  if (isService(from) && isService(to))
    throw new Error(
      `Nothing to cut: ${from} and ${to} are services of the lab and do not talk to each other.`,
    );
}

/** The fabric's interface to an endpoint. @throws for an endpoint without one */
export function linkOf(endpoint: Endpoint): string {
  if (endpoint === 'client') return CLIENT_LINK;
  if (typeof endpoint === 'object')
    return endpoint.side === 'public' ? publicLink(endpoint.droplet) : vpcLink(endpoint.droplet);
  throw new Error(`${endpoint} has no link of its own: name a droplet's public or vpc side, or the client.`);
}

/** @throws when a figure is out of range */
export function checkDisturbance({ loss = 0, delay = 0, mtu = MTU }: Disturbance): void {
  if (!(loss >= 0 && loss <= 100)) throw new Error(`A loss of ${loss} % is not possible: give 0 to 100.`);
  if (!(delay >= 0 && delay <= 60_000))
    throw new Error(`A delay of ${delay} ms is not possible: give 0 to 60000.`);
  if (!(Number.isInteger(mtu) && mtu >= LEAST_MTU && mtu <= MTU))
    throw new Error(`A link cannot carry packets of at most ${mtu} bytes: give ${LEAST_MTU} to ${MTU}.`);
}

function matches(endpoint: Endpoint, link: 'iifname' | 'oifname', address: 'ip saddr' | 'ip daddr'): string {
  if (endpoint === 'everyone') return '';
  if (isService(endpoint)) return `${address} { ${SERVICES[endpoint].join(', ')} }`;
  return `${link} "${linkOf(endpoint)}"`;
}

function isService(endpoint: Endpoint): endpoint is Service {
  return typeof endpoint === 'string' && endpoint in SERVICES;
}
