import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../run';
import { inside } from './namespace';

/** What is asked of one address: TCP and UDP ports, and protocols by number (1 is ICMP, 112 VRRP). */
export interface Knock {
  readonly address: string;
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
const TABLE = 'scale-up-knocks';

/** Milliseconds in which the last packet has arrived, also on a busy machine. */
const FLIGHT = 500;

/** Before all other hooks, so that a droplet's own packet filter does not hide what came through the cloud firewall. */
const LISTEN = `
table ip ${TABLE} {
  set ports { type ipv4_addr . ipv4_addr . inet_proto . inet_service; flags dynamic; size 1048576; }
  set protocols { type ipv4_addr . ipv4_addr . inet_proto; flags dynamic; size 65536; }
  chain arrivals {
    type filter hook prerouting priority -350;
    tcp sport ${SOURCE_PORT} tcp flags & (syn | ack) == syn add @ports { ip saddr . ip daddr . ip protocol . tcp dport }
    udp sport ${SOURCE_PORT} add @ports { ip saddr . ip daddr . ip protocol . udp dport }
    icmp type echo-request icmp id ${SOURCE_PORT} add @protocols { ip saddr . ip daddr . ip protocol }
    ip protocol != { tcp, udp, icmp } add @protocols { ip saddr . ip daddr . ip protocol }
  }
}
`;

/**
 * Finds out what gets through the network, by sending it and by listening at the other ends: no answer is needed, and no silence
 * is taken for a refusal.
 *
 * @param knocks what each network namespace sends
 * @param doors network namespaces in which to listen
 * @returns the arrivals in each namespace of `doors`
 */
export async function knock(
  knocks: ReadonlyMap<string, readonly Knock[]>,
  doors: readonly string[],
): Promise<Map<string, Arrival[]>> {
  try {
    await Promise.all(doors.map((door) => nft(door, LISTEN)));
    await Promise.all(
      [...knocks].map(([namespace, targets]) =>
        run([...inside(namespace), 'python3', join(__dirname, 'knock.py')], {
          input: JSON.stringify(targets),
        }),
      ),
    );
    await sleep(FLIGHT);
    return new Map(await Promise.all(doors.map(async (door) => [door, await arrivals(door)] as const)));
  } finally {
    await Promise.all(doors.map((door) => nft(door, `table ip ${TABLE}\ndelete table ip ${TABLE}\n`)));
  }
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
