import { NAME_SERVERS, RESOLVERS } from './addresses';
import type { DnsFault } from './dns-fault';
import { resolve } from './dns-resolver';
import { DnsServer } from './dns-server';
import { authority, type Zones } from './dns-zone';

export interface DnsOptions {
  readonly zones: Zones;
  /** Address by name of hosts that the resolvers know besides; * stands for the first part of a name. @default - none */
  readonly hosts?: ReadonlyMap<string, string>;
  /** @default - the addresses of DigitalOcean's name servers */
  readonly nameServers?: readonly string[];
  /** @default - the addresses of DigitalOcean's resolvers */
  readonly resolvers?: readonly string[];
  /** @default 53 */
  readonly port?: number;
}

/** Starts all of the lab's name servers; their addresses must be this process's, hence it must be in the fabric. */
export async function startDns(options: DnsOptions): Promise<Dns> {
  const {
    zones,
    hosts,
    nameServers = Object.values(NAME_SERVERS),
    resolvers = RESOLVERS,
    port = 53,
  } = options;
  const authoritative = nameServers.map(
    (a) => new DnsServer(a, port, (question) => authority(question, zones)),
  );
  const recursive = resolvers.map(
    (a) => new DnsServer(a, port, (question) => resolve(question, zones, hosts)),
  );
  await Promise.all([...authoritative, ...recursive].map((server) => server.start()));
  return new Dns(authoritative, recursive);
}

export class Dns {
  constructor(
    private readonly authoritative: readonly DnsServer[],
    private readonly recursive: readonly DnsServer[],
  ) {}

  /**
   * Breaks name servers, or mends them when no fault is given. Resolvers break only when named: real ones go on with
   * what they remember.
   * @param addresses @default - all authoritative servers, and on mending all servers
   */
  fail(fault: DnsFault | undefined, addresses?: readonly string[]): void {
    const all = [...this.authoritative, ...this.recursive];
    const meant = addresses ? all.filter(({ address }) => addresses.includes(address)) : undefined;
    for (const server of meant ?? (fault ? this.authoritative : all)) server.fault = fault;
  }

  async close(): Promise<void> {
    await Promise.all([...this.authoritative, ...this.recursive].map((server) => server.close()));
  }
}
