import { randomInt } from 'node:crypto';
import { IPv4, parse, parseCIDR } from 'ipaddr.js';
import { unprocessable } from './errors';

/** The lab's own networks: none of them exists on the internet. */
export const PUBLIC = '198.18.0.0/16';
export const RESERVED = '198.19.0.0/16';
export const LOAD_BALANCER = '203.0.113.0/24';
export const NAT_GATEWAY = '198.51.100.0/24';
/** The networks of IPv6 addresses, which are records only. */
export const LOAD_BALANCER_V6 = '2001:db8:1b::';
export const RESERVED_V6 = '2001:db8:2e::';
export const ANCHOR = '10.17.0.0/16';
/** DigitalOcean keeps these for itself. */
const NOT_FOR_VPCS = ['10.244.0.0/16', '10.245.0.0/16', ANCHOR];
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
/** The first addresses of a network belong to its gateway and the lab's servers. */
const FIRST_HOST = 10;

const toNumber = (ip: string) =>
  parse(ip)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
const toText = (number: number) => [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.');

interface Range {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

function range(cidr: string): Range {
  const [, bits] = parseCIDR(cidr);
  const first = toNumber(IPv4.networkAddressFromCIDR(cidr).toString());
  return { first, last: first + 2 ** (32 - bits) - 1, bits };
}

const overlap = (a: Range, b: Range) => a.first <= b.last && b.first <= a.last;
const within = (inner: Range, outer: Range) => inner.first >= outer.first && inner.last <= outer.last;

interface Network extends Range {
  readonly netmask: string;
  readonly gateway: string;
}

/** Of networks that exist: every droplet gets an address in two of them, and every view of it says what they are. */
const networks = new Map<string, Network>();

function network(cidr: string): Network {
  const known = networks.get(cidr);
  if (known) return known;
  const { first, last, bits } = range(cidr);
  const netmask = IPv4.subnetMaskFromPrefixLength(bits).toString();
  const made = { first, last, bits, netmask, gateway: toText(first + 1) };
  networks.set(cidr, made);
  return made;
}

export const netmask = (cidr: string) => network(cidr).netmask;
export const privateGateway = (cidr: string) => network(cidr).gateway;

export const address = (cidr: string, ip: string) => ({
  ip,
  netmask: netmask(cidr),
  gateway: privateGateway(cidr),
});

/**
 * An address of a network that nobody has: the next after the last one given, so that what was just given back goes to
 * nobody for as long as possible, and nearly always the first look finds one.
 *
 * @param lastGiven of each network the place of the address that was given last
 */
export function freeAddress(
  { lastGiven }: { readonly lastGiven: Map<string, number> },
  cidr: string,
  taken: { readonly count: number; has(ip: string): boolean },
  from = FIRST_HOST,
): string {
  const { first, last } = network(cidr);
  const hosts = last - first - from;
  const start = lastGiven.has(cidr) ? (lastGiven.get(cidr) as number) + 1 : taken.count;
  for (let n = 0; n < hosts; n++) {
    const at = (start + n) % hosts;
    const ip = toText(first + from + at);
    if (taken.has(ip)) continue;
    lastGiven.set(cidr, at);
    return ip;
  }
  throw unprocessable(`There is no free address left in ${cidr}.`);
}

/** The last address of a network that a host can have. */
export const lastAddress = (cidr: string) => toText(range(cidr).last - 1);

/** The /20 that a VPC gets when its creator names none. */
export function freeVpcRange(taken: readonly string[]): string {
  const blocked = [...taken, ...NOT_FOR_VPCS].map(range);
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const cidr = `10.${randomInt(100, 240)}.${randomInt(0, 16) * 16}.0/20`;
    if (!blocked.some((other) => overlap(range(cidr), other))) return cidr;
  }
  throw unprocessable('There is no free private range left in this account.');
}

/** The /20 of a region's default VPC. */
export function defaultVpcRange(index: number, taken: readonly string[]): string {
  const cidr = `10.116.${index * 16}.0/20`;
  return taken.some((other) => overlap(range(cidr), range(other))) ? freeVpcRange(taken) : cidr;
}

/** @throws 422 when a range can't be a VPC's: not private, too wide or narrow, or in use */
export function checkVpcRange(cidr: string, taken: readonly string[]): void {
  if (!IPv4.isValidCIDR(cidr)) throw unprocessable('ip_range is not a valid CIDR block.');
  const wanted = range(cidr);
  if (toNumber(cidr.split('/')[0] as string) !== wanted.first)
    throw unprocessable(
      `ip_range must begin at a network address, such as ${toText(wanted.first)}/${wanted.bits}.`,
    );
  if (wanted.bits < 16 || wanted.bits > 28)
    throw unprocessable('ip_range must be between /16 and /28 in size.');
  if (!PRIVATE.some((allowed) => within(wanted, range(allowed))))
    throw unprocessable('ip_range must be within the private ranges of RFC 1918.');
  if ([...taken, ...NOT_FOR_VPCS].some((other) => overlap(wanted, range(other))))
    throw unprocessable('This range/size overlaps with another VPC network in your account.');
}
