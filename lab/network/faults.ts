import { SERVICES, type Service } from './addresses';
import { CLIENT_LINK, publicLink, vpcLink } from './names';

/** One end of a connection that a fault can name: a droplet's side, the client, a service, or everyone there is. */
export type End =
  | { readonly droplet: number; readonly side: 'public' | 'vpc' }
  | 'client'
  | Service
  | 'everyone';

/** Packets from one end to the other are lost, also those of established connections. */
export interface Cut {
  readonly from: End;
  readonly to: End;
}

/** What is wrong with a link. */
export interface Disturbance {
  /** Share of the packets that are lost, in each direction, in percent. @default 0 */
  readonly loss?: number;
  /** Added to each packet towards this end, hence to each round trip, in milliseconds. @default 0 */
  readonly delay?: number;
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

/** @throws when no packet ever goes between the two ends, so that cutting them would do nothing */
export function checkCut({ from, to }: Cut): void {
  if (isService(from) && isService(to))
    throw new Error(
      `Nothing to cut: ${from} and ${to} are services of the lab and do not talk to each other.`,
    );
}

/** The fabric's interface to an end. @throws for an end without one */
export function linkOf(end: End): string {
  if (end === 'client') return CLIENT_LINK;
  if (typeof end === 'object') return end.side === 'public' ? publicLink(end.droplet) : vpcLink(end.droplet);
  throw new Error(`${end} has no link of its own: name a droplet's public or vpc side, or the client.`);
}

/** @throws when a figure is out of range */
export function checkDisturbance({ loss = 0, delay = 0 }: Disturbance): void {
  if (!(loss >= 0 && loss <= 100)) throw new Error(`A loss of ${loss} % is not possible: give 0 to 100.`);
  if (!(delay >= 0 && delay <= 60_000))
    throw new Error(`A delay of ${delay} ms is not possible: give 0 to 60000.`);
}

function matches(end: End, link: 'iifname' | 'oifname', address: 'ip saddr' | 'ip daddr'): string {
  if (end === 'everyone') return '';
  if (isService(end)) return `${address} { ${SERVICES[end].join(', ')} }`;
  return `${link} "${linkOf(end)}"`;
}

function isService(end: End): end is Service {
  return typeof end === 'string' && end in SERVICES;
}
