import { DOMAIN_RECORDS, DOMAINS, type Domain, type DomainRecord } from './domain/stored-domain';
import { DROPLETS, type Droplet } from './droplet/stored-droplet';
import { FIREWALLS, type Firewall } from './firewall/stored-firewall';
import { RESERVED_IPS, type ReservedIp } from './reserved-ip/stored-reserved-ip';
import type { Cloud } from './server/cloud';
import type { FaultSpec } from './server/faults';
import type { Token } from './server/scopes';
import { SNAPSHOTS, type Snapshot } from './snapshot/stored-snapshot';
import { startApi } from './start-api';
import { TAGS, type Tag } from './tag/stored-tag';
import { VOLUMES, type Volume } from './volume/stored-volume';
import { VPCS, type Vpc } from './vpc/stored-vpc';

export interface EmulatorOptions {
  /** That may do everything. @default test-token */
  readonly token?: string;
  /** More tokens, each with its scopes such as droplet:read. @default - none */
  readonly tokens?: readonly Token[];
  /** Of the loopback. @default - any free one */
  readonly port?: number;
  /** Milliseconds that every action takes; with 0 it is over when its call is answered. @default 0 */
  readonly actionTime?: number;
  /** Refuse more than DigitalOcean's 250 calls a minute and 5,000 an hour. @default false */
  readonly rateLimits?: boolean;
  /** Web pages that may call, such as http://localhost:3000. @default none */
  readonly origins?: readonly string[];
  /** Refuse with 422 what DigitalOcean ignores or tolerates: unknown keys, and numbers and booleans as texts. @default false */
  readonly strict?: boolean;
}

/** A call that was answered. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Name of the token; undefined for one that is none. */
  readonly token?: string;
}

/** What there is in the account. */
export interface Account {
  readonly droplets: readonly Droplet[];
  readonly volumes: readonly Volume[];
  readonly snapshots: readonly Snapshot[];
  readonly reservedIps: readonly ReservedIp[];
  readonly firewalls: readonly Firewall[];
  readonly domains: readonly Domain[];
  readonly domainRecords: readonly DomainRecord[];
  readonly vpcs: readonly Vpc[];
  readonly tags: readonly Tag[];
}

/** DigitalOcean's API over an account of its own: records only, nothing boots. */
export interface Emulator {
  /** Without /v2, as in DIGITALOCEAN_API_URL. */
  readonly url: string;
  readonly token: string;
  /** Everything that was called, oldest first. */
  readonly calls: readonly Call[];
  account(): Account;
  /** Makes calls fail; the returned function ends that. */
  fault(fault: FaultSpec): () => void;
  /** Makes the account as new as it was at the start. */
  reset(): void;
  /** Says how long each action takes that begins from now on, in milliseconds. */
  setActionTime(milliseconds: number): void;
  /** Says what load balancers find when they look at a droplet. Everything is healthy at first. */
  setHealth(dropletId: number, isHealthy: boolean): void;
  stop(): Promise<void>;
}

/** Starts the API on the loopback. Rejects with one sentence when the port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { token = 'test-token', tokens, port = 0, rateLimits = false } = options;
  let { actionTime = 0 } = options;
  const calls: Call[] = [];
  const api = await startApi({
    ...{ token, tokens, port, actionTime: () => actionTime },
    rateLimits: rateLimits ? undefined : 'off',
    isStrict: options.strict,
    origins: options.origins,
  });
  api.events.on((event) => {
    if (event.kind !== 'api') return;
    const { method, path, status, token: by } = event;
    calls.push({ method, path, status, token: by });
  });
  return {
    url: api.url,
    token,
    calls,
    account: () => accountIn(api.cloud),
    fault: api.fault,
    reset: api.reset,
    setActionTime: (milliseconds) => {
      actionTime = milliseconds;
    },
    setHealth: (dropletId, isHealthy) => api.health.set(dropletId, isHealthy),
    stop: api.close,
  };
}

const accountIn = (cloud: Cloud): Account => ({
  droplets: cloud.of(DROPLETS).values(),
  volumes: cloud.of(VOLUMES).values(),
  snapshots: cloud.of(SNAPSHOTS).values(),
  reservedIps: cloud.of(RESERVED_IPS).values(),
  firewalls: cloud.of(FIREWALLS).values(),
  domains: cloud.of(DOMAINS).values(),
  domainRecords: cloud.of(DOMAIN_RECORDS).values(),
  vpcs: cloud.of(VPCS).values(),
  tags: cloud.of(TAGS).values(),
});
