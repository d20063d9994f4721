import { chmodSync } from 'node:fs';
import type { Server } from 'node:http';
import { Events } from '../common/events';
import { accountRoutes } from './account/account';
import { type AccountOptions, accountOptions } from './account/account-options';
import { actionRoutes } from './action/action-view';
import type { Api, ApiOptions } from './api';
import { catalogueRoutes } from './catalogue/catalogue';
import { domainRoutes } from './domain/domain';
import { domainRecordRoutes } from './domain/domain-record';
import { dropletRoutes, dropletWorkers } from './droplet/droplet';
import { dropletActionRoutes, dropletActionWorkers } from './droplet/droplet-action';
import { dropletDestroyWorkers } from './droplet/droplet-destroy';
import { DROPLETS } from './droplet/stored-droplet';
import { firewallRoutes } from './firewall/firewall';
import { FirewallSync } from './firewall/firewall-sync';
import { customImageWorkers, imageRoutes } from './image/image';
import { imageActionWorkers } from './image/image-action';
import { TargetHealth } from './load-balancer/target-health';
import { monitoringRoutes } from './monitoring/monitoring';
import { projectRoutes } from './project/project';
import { ensureDefaultProject } from './project/project-member';
import { recordCalls, recordWorkers } from './record-calls';
import { reservedIpRoutes } from './reserved-ip/reserved-ip';
import { reservedIpWorkers } from './reserved-ip/reserved-ip-action';
import { Actions } from './server/action';
import { Cloud } from './server/cloud';
import { notFound } from './server/errors';
import { type FaultSpec, Faults } from './server/faults';
import type { Hardware } from './server/hardware';
import { createHttp } from './server/http';
import { addLabRoutes } from './server/lab-routes';
import { type Listener, listen } from './server/listener';
import { PUBLISHED_CALLS } from './server/published-calls';
import { DIGITALOCEAN_LIMITS, RateLimit, type RateLimits } from './server/rate-limit';
import { recordsOnly } from './server/records-only';
import type { Route } from './server/route';
import { type Token, Tokens } from './server/scopes';
import type { Contents } from './server/store';
import { snapshotRoutes } from './snapshot/snapshot';
import { spacesKeyRoutes } from './spaces-key/spaces-key';
import { sshKeyRoutes } from './ssh-key/ssh-key';
import { TABLES } from './tables';
import { tagRoutes } from './tag/tag';
import { uptimeRoutes } from './uptime/uptime';
import { volumeRoutes } from './volume/volume';
import { volumeActionRoutes, volumeActionWorkers } from './volume/volume-action';
import { ensureDefaultVpcs, vpcRoutes } from './vpc/vpc';

export interface StartOptions extends Partial<Omit<ApiOptions, 'account'>> {
  /** In what it differs from other accounts. */
  readonly account?: Partial<AccountOptions>;
  /** The token that may do everything. */
  readonly token: string;
  /** More tokens, each with its scopes; DigitalOcean's forced scopes are added. @default none */
  readonly tokens?: readonly Token[];
  /** A port on loopback; 0 is any free one. @default 0, unless `listen` is given */
  readonly port?: number;
  /** Where to serve instead of `port`. */
  readonly listen?: readonly Listener[];
  /** @default nothing but records */
  readonly hardware?: Hardware;
  /** Where the state survives the process. @default in memory only */
  readonly stateFile?: string;
  /** @default a log of its own */
  readonly events?: Events;
  /**
   * Milliseconds that an action takes at least; with 0, and no hardware, it is over when its call is answered.
   * @default 1000, 0 for destroying a droplet
   */
  readonly actionTime?: (type: string) => number;
  /** @default DigitalOcean's; 'off' counts, but refuses nothing */
  readonly rateLimits?: RateLimits | 'off';
  /** Names under which it is reached, besides IP addresses, localhost and names without a dot. @default none */
  readonly hosts?: readonly string[];
  /** Web pages that may call, such as http://localhost:3000. @default none */
  readonly origins?: readonly string[];
  /** Faults that are set from the start. @default none */
  readonly faults?: readonly FaultSpec[];
  /** Refuses with 422 what DigitalOcean ignores or tolerates: unknown keys, and numbers and booleans as texts. @default false */
  readonly isStrict?: boolean;
  /** Sees every answer before it is sent. */
  readonly onAnswer?: (route: Route, answer: unknown) => void;
}

export interface RunningApi {
  /** Of the first listener. */
  readonly url: string;
  /** What there is, to be read by DNS, metadata and status. */
  readonly cloud: Cloud;
  readonly events: Events;
  readonly health: TargetHealth;
  /** Sets a fault on calls; the returned function takes it away. */
  fault(fault: FaultSpec): () => void;
  /** Lets the account have so many droplets; the returned function gives it back the limit that it had at first. */
  limitDroplets(limit: number): () => void;
  /** Makes the account as new as it was at the start. */
  reset(): void;
  close(): Promise<void>;
}

export const defaultActionTime = (type: string) => (type === 'destroy' ? 0 : 1000);

/** The routes of all resources but those that are loaded late; the ledger is made from both. */
export const allRoutes = (api: Api): Route[] => [
  ...accountRoutes(api),
  ...actionRoutes(api),
  ...catalogueRoutes(api),
  ...imageRoutes(api),
  ...snapshotRoutes(api),
  ...sshKeyRoutes(api),
  ...spacesKeyRoutes(api),
  ...vpcRoutes(api),
  ...dropletRoutes(api),
  ...dropletActionRoutes(api),
  ...tagRoutes(api),
  ...volumeRoutes(api),
  ...volumeActionRoutes(api),
  ...reservedIpRoutes(api),
  ...firewallRoutes(api),
  ...domainRoutes(api),
  ...domainRecordRoutes(api),
  ...monitoringRoutes(api),
  ...uptimeRoutes(api),
  ...projectRoutes(api),
];

/** The account and all that works on it, without a server. */
export function createApi(options: Partial<StartOptions> = {}): Api {
  const { hardware = recordsOnly, actionTime = defaultActionTime } = options;
  const isRecordsOnly = hardware === recordsOnly;
  const events = options.events ?? new Events();
  const cloud = new Cloud(TABLES, options.stateFile);
  const get = () => api;
  const workers = {
    ...dropletWorkers(get),
    ...dropletActionWorkers(get),
    ...dropletDestroyWorkers(get),
    ...volumeActionWorkers(get),
    ...reservedIpWorkers(get),
    ...imageActionWorkers(get),
    ...customImageWorkers(get),
    ...recordWorkers(() => get().cloud),
  };
  const api: Api = {
    cloud,
    events,
    hardware,
    isRecordsOnly,
    actions: new Actions(
      cloud,
      events,
      workers,
      actionTime,
      isRecordsOnly,
      (id) => cloud.of(DROPLETS).get(id)?.name ?? '',
    ),
    health: new TargetHealth(cloud),
    firewalls: new FirewallSync(cloud, hardware, events, isRecordsOnly),
    options: {
      account: accountOptions(options.account),
      addressDelay: options.addressDelay ?? 0,
      strictProjects: options.strictProjects ?? false,
    },
  };
  cloud.store.transaction(() => ensureDefaults(api));
  return api;
}

/** What every account has. */
function ensureDefaults({ cloud, options }: Api): void {
  ensureDefaultProject(cloud);
  if (!options.account.isNew) ensureDefaultVpcs(cloud);
}

/** Makes the account another one, at once. @throws Error of one sentence, and changes nothing then */
function replaceAccount(api: Api, contents: Contents): void {
  const { cloud, actions, firewalls, isRecordsOnly } = api;
  if (!isRecordsOnly) throw new Error('Droplets run that it knows nothing of.');
  cloud.store.transaction(() => {
    cloud.store.replace(contents);
    ensureDefaults(api);
  });
  actions.forget();
  cloud.changed();
  actions.resume();
  firewalls.sync();
}

/**
 * Serves DigitalOcean's API over an account of its own.
 * Rejects with one sentence when an address is in use or the state file is damaged.
 */
export async function startApi(options: StartOptions): Promise<RunningApi> {
  const admin = { token: options.token, scopes: ['*'], name: 'admin' };
  const tokens = new Tokens([admin, ...(options.tokens ?? [])]);
  const api = createApi(options);
  const { cloud, events, actions } = api;
  const { account } = api.options;
  const usualLimit = account.dropletLimit;
  const limits =
    options.rateLimits === 'off' ? DIGITALOCEAN_LIMITS : (options.rateLimits ?? DIGITALOCEAN_LIMITS);
  const faults = new Faults((id) => actions.release(id));
  for (const fault of options.faults ?? []) faults.set(fault);
  const rateLimit = new RateLimit(limits, options.rateLimits !== 'off');
  const app = createHttp({
    account: api,
    routes: allRoutes(api),
    late: recordCalls(api),
    published: PUBLISHED_CALLS,
    tokens,
    faults,
    rateLimit,
    isStrict: options.isStrict ?? false,
    doors: { hosts: options.hosts ?? [], origins: options.origins ?? [] },
    onAnswer: options.onAnswer,
  });
  addLabRoutes(app, {
    ...{ faults, tokens, events, hasDroplets: !api.isRecordsOnly },
    contents: () => cloud.store.contents(),
    replace: (contents) => replaceAccount(api, contents),
    setHealth: (dropletId, isHealthy) => {
      if (!cloud.of(DROPLETS).has(dropletId)) throw notFound();
      api.health.set(dropletId, isHealthy);
    },
  });
  await app.ready();

  const servers: Server[] = [];
  const close = async () => {
    actions.close();
    faults.clear();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await app.close();
    cloud.store.close();
    if (!options.events) events.close();
  };
  try {
    const urls: string[] = [];
    for (const listener of options.listen ?? [{ port: options.port ?? 0 }]) {
      const { url, server } = await listen(listener, app.routing);
      if ('socket' in listener) chmodSync(listener.socket, 0o600);
      servers.push(server);
      urls.push(url);
    }
    actions.resume();
    api.firewalls.sync();
    const fault = (spec: FaultSpec) => setFault(faults, events, spec);
    return {
      url: urls[0] ?? '',
      cloud,
      events,
      fault,
      limitDroplets: (limit) => {
        account.dropletLimit = limit;
        return () => {
          account.dropletLimit = usualLimit;
        };
      },
      reset: () => replaceAccount(api, {}),
      health: api.health,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function setFault(faults: Faults, events: Events, spec: FaultSpec): () => void {
  const { id, kind, call } = faults.set(spec);
  events.emit('fault', { what: `${kind} on ${call}`, set: true });
  return () => {
    faults.clear(id);
    events.emit('fault', { what: `${kind} on ${call}`, set: false });
  };
}
