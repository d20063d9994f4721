import { run } from '../../lab/common/run';
import { ask } from '../../lab/instance/control-api';
import type { DropletStatus, LabStatus } from '../../lab/instance/lab';
import { clientOf, dropletNamespace } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';
import { type Knock, knock } from '../../lab/network/port-scan';

/** All that may be asked of a role by another one or by a visitor: the architecture's arrows, and nothing else. */
const MAY_ASK: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  client: { 'load-balancer': ['tcp/80', 'tcp/443'] },
  'load-balancer': {
    'load-balancer': ['tcp/80', 'tcp/443', 'tcp/8404', 'tcp/8405', 'tcp/8406'],
    web: ['tcp/80', 'tcp/8406'],
    app: ['tcp/8080', 'tcp/8406'],
    database: ['tcp/8406'],
  },
  // Ports 80 and 443 of the world are open to all droplets, and those of the load balancers to all the world.
  web: { 'load-balancer': ['tcp/80', 'tcp/443'], app: ['tcp/8080'] },
  app: { 'load-balancer': ['tcp/80', 'tcp/443'], database: ['tcp/3306'] },
  database: { 'load-balancer': ['tcp/80', 'tcp/443'] },
};

/** Every role's way out into the world. */
const OUTWARD = ['tcp/53', 'tcp/80', 'tcp/443', 'udp/53', 'udp/123'];

/** Ports of the architecture, and those that others forget to close. */
const TCP = [
  1, 21, 22, 23, 25, 53, 80, 111, 443, 3306, 5432, 6379, 8080, 8402, 8403, 8404, 8405, 8406, 9100, 33060,
];
const UDP = [53, 67, 68, 123, 161, 443, 500, 4789, 5353, 51820];
/** ICMP, IP in IP, GRE, ESP, AH, VRRP. */
const PROTOCOLS = [1, 4, 47, 50, 51, 112];

interface Host {
  /** `client`, or the droplet's name. */
  readonly name: string;
  readonly role: string;
  readonly namespace: string;
  /** By which it is known to others: public, private, anchor and, of its holder, the Reserved IP. */
  readonly addresses: readonly string[];
}

/** What arrived where, such as "client -> production-web-1: tcp/80", however it was addressed. */
export type Passages = readonly string[];

/** TCP ports; what else is asked does not depend on them. */
export const ALL_PORTS: readonly number[] = Array.from({ length: 65_535 }, (_, i) => i + 1);
/** Those that tell most, those on which anybody listens, and so many others. */
export async function somePorts(lab: string, randomPorts: number): Promise<readonly number[]> {
  const hosts = await hostsOf(lab);
  return [...new Set([...TCP, ...(await listeningPorts(hosts)), ...random(randomPorts)])];
}

/** Lets every host ask every other one everything, and tells what gets through the cloud firewalls. */
export async function passages(
  lab: string,
  tcp: readonly number[],
): Promise<{ readonly knocks: number; readonly passages: Passages }> {
  const hosts = await hostsOf(lab);
  const asked = hosts.map((host): [string, Knock] => {
    const addresses = hosts.filter((other) => other !== host).flatMap((other) => other.addresses);
    return [host.namespace, { addresses, tcp, udp: UDP, protocols: PROTOCOLS }];
  });
  const { knocks, arrivals } = await knock(
    lab,
    new Map(asked),
    hosts.map(({ namespace }) => namespace),
  );
  const found = hosts.flatMap(({ name, namespace }) =>
    (arrivals.get(namespace) ?? []).map(({ from, what }) => `${ownerOf(from, hosts)} -> ${name}: ${what}`),
  );
  return { knocks, passages: [...new Set(found)].sort() };
}

/** The declared flows between the hosts that there are, in the same words. */
export async function declaredPassages(lab: string): Promise<Passages> {
  const hosts = await hostsOf(lab);
  const declared = hosts.flatMap((from) =>
    hosts
      .filter((to) => to !== from)
      .flatMap((to) => {
        const may = to.role === 'client' ? OUTWARD : (MAY_ASK[from.role]?.[to.role] ?? []);
        return may.map((what) => `${from.name} -> ${to.name}: ${what}`);
      }),
  );
  return declared.sort();
}

async function hostsOf(lab: string): Promise<Host[]> {
  const { droplets, reservedIps } = await ask<LabStatus>(lab, 'GET', '/status');
  const held = ({ name }: DropletStatus) =>
    Object.entries(reservedIps).flatMap(([ip, holder]) => (holder === name ? [ip] : []));
  const client = { name: 'client', role: 'client', namespace: clientOf(lab), addresses: ['192.0.2.2'] };
  return [
    client,
    ...droplets.map((droplet) => ({
      name: droplet.name,
      role: droplet.name.replace(/^production-(.*)-\d+$/, '$1'),
      namespace: dropletNamespace(lab, droplet.id),
      addresses: [droplet.publicIp, droplet.privateIp, droplet.anchorIp, ...held(droplet)],
    })),
  ];
}

async function listeningPorts(hosts: readonly Host[]): Promise<number[]> {
  const listings = hosts.map(({ namespace }) =>
    run([...inside(namespace), 'ss', '--no-header', '--listening', '--tcp', '--numeric']),
  );
  return (await Promise.all(listings))
    .flatMap((listing) => [...listing.matchAll(/^LISTEN +\d+ +\d+ +\S+:(\d+) /gm)])
    .map(([, port]) => Number(port));
}

function random(count: number): number[] {
  return Array.from({ length: count }, () => 1 + Math.floor(Math.random() * 65_535));
}

function ownerOf(address: string, hosts: readonly Host[]): string {
  return hosts.find(({ addresses }) => addresses.includes(address))?.name ?? address;
}
