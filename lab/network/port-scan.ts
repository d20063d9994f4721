import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../common/run';
import { fabricOf } from './link-names';
import { inside } from './namespace';

/** What is asked of each of some addresses: TCP and UDP ports, and protocols by number (1 is ICMP, 112 VRRP). */
export interface Knock {
  readonly addresses: readonly string[];
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
  readonly protocols?: readonly number[];
}

/** A packet that arrived: `tcp/80`, `udp/53` or `protocol/112`, and between whom. */
export interface Arrival {
  readonly from: string;
  readonly to: string;
  readonly what: string;
}

/** By this source port a knock is known from all other traffic. */
const SOURCE_PORT = 61111;
const TABLE = 'port-scan';

/** Milliseconds in which the last packet has arrived, also on a busy machine. */
const FLIGHT = 500;

/** How a knock is told from all else. */
const KNOCKS = {
  tcp: `tcp sport ${SOURCE_PORT} tcp flags & (syn | ack) == syn`,
  udp: `udp sport ${SOURCE_PORT}`,
  ping: `icmp type echo-request icmp id ${SOURCE_PORT}`,
  other: 'ip protocol != { tcp, udp, icmp }',
};

/** Before all other hooks, so that a droplet's own packet filter does not hide what came through the cloud firewall. */
const LISTEN = `
table ip ${TABLE} {
  set ports { type ipv4_addr . ipv4_addr . inet_proto . inet_service; flags dynamic; size 1048576; }
  set protocols { type ipv4_addr . ipv4_addr . inet_proto; flags dynamic; size 65536; }
  chain arrivals {
    type filter hook prerouting priority -350;
    ${KNOCKS.tcp} add @ports { ip saddr . ip daddr . ip protocol . tcp dport }
    ${KNOCKS.udp} add @ports { ip saddr . ip daddr . ip protocol . udp dport }
    ${KNOCKS.ping} add @protocols { ip saddr . ip daddr . ip protocol }
    ${KNOCKS.other} add @protocols { ip saddr . ip daddr . ip protocol }
  }
}
`;

/** In the fabric, where every packet between two hosts comes by: one that a full queue has swallowed proves nothing. */
const COUNT = `
table ip ${TABLE} {
  counter seen {}
  chain count {
    type filter hook prerouting priority -350;
    ${Object.values(KNOCKS)
      .map((knock) => `${knock} counter name seen`)
      .join('\n    ')}
  }
}
`;
const END = `table ip ${TABLE}\ndelete table ip ${TABLE}\n`;

/** What got through. */
export interface Heard {
  /** How many knocks there were. */
  readonly knocks: number;
  /** By network namespace. */
  readonly arrivals: ReadonlyMap<string, readonly Arrival[]>;
}

/**
 * Finds out what gets through a lab's network, by sending it and by listening at the other ends: no answer is needed, and no
 * silence is taken for a refusal. Rejects when knocks were lost before the network could decide about them.
 *
 * @param knocks what each network namespace sends
 * @param doors network namespaces in which to listen
 */
export async function knock(
  lab: string,
  knocks: ReadonlyMap<string, Knock>,
  doors: readonly string[],
): Promise<Heard> {
  const fabric = fabricOf(lab);
  try {
    await Promise.all([nft(fabric, COUNT), ...doors.map((door) => nft(door, LISTEN))]);
    const sent = await Promise.all([...knocks].map(([namespace, what]) => send(namespace, what)));
    await sleep(FLIGHT);
    const all = sent.reduce((sum, each) => sum + each, 0);
    const seen = await counted(fabric);
    if (seen !== all) throw new Error(`Of ${all} knocks ${seen} came to the network: nothing is proven.`);
    const heard = doors.map(async (door) => [door, await arrivals(door)] as const);
    return { knocks: all, arrivals: new Map(await Promise.all(heard)) };
  } finally {
    await Promise.all([fabric, ...doors].map((namespace) => nft(namespace, END)));
  }
}

/** Behind all that has something better to do. Resolves to how many it sent. */
async function send(namespace: string, what: Knock): Promise<number> {
  const program = ['nice', '--adjustment=19', 'python3', join(__dirname, 'port-scan.py')];
  return Number(await run([...inside(namespace), ...program], { input: JSON.stringify(what) }));
}

async function counted(namespace: string): Promise<number> {
  const listed = await run([...inside(namespace), 'nft', '--json', 'list', 'counters', 'table', 'ip', TABLE]);
  const found: { counter?: { packets: number } }[] = JSON.parse(listed).nftables;
  return found.find(({ counter }) => counter)?.counter?.packets ?? 0;
}

async function arrivals(namespace: string): Promise<Arrival[]> {
  const listed = await run([...inside(namespace), 'nft', '--json', 'list', 'table', 'ip', TABLE]);
  const sets: { set?: { elem?: Element[] } }[] = JSON.parse(listed).nftables;
  return sets
    .flatMap(({ set }) => set?.elem ?? [])
    .map(({ concat: [from, to, protocol, port] }) => ({
      from,
      to,
      what: port === undefined ? `protocol/${protocol}` : `${protocol}/${port}`,
    }));
}

interface Element {
  readonly concat: readonly [from: string, to: string, protocol: string | number, port?: number];
}

async function nft(namespace: string, rules: string): Promise<void> {
  await run([...inside(namespace), 'nft', '-f', '-'], { input: rules });
}
