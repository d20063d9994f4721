import { z } from 'zod';
import type { Api } from '../api';
import { unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, type Method, type Route, route } from '../server/route';
import { CA_CERTIFICATE } from './ca-certificate';
import { type Engine, isCache, isMysql, versionOf } from './engine';
import { storageAutoscale } from './storage-autoscale';
import { CLUSTERS, type Cluster, type Settings } from './stored-database';

type ClusterOf = (call: Pick<Call, 'params'>) => Cluster;

const POLICIES = [
  ...(['noeviction', 'allkeys_lru', 'allkeys_random', 'volatile_lru', 'volatile_random'] as const),
  'volatile_ttl',
] as const;

const maintenanceBody = openapi(
  z.strictObject({
    day: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
    hour: z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'must be a time such as 14:00'),
    pending: z.boolean().nullish(),
    description: z.array(z.string()).nullish(),
  }),
);
const eviction = openapi(z.strictObject({ eviction_policy: z.enum(POLICIES) }));
const sqlMode = openapi(z.strictObject({ sql_mode: z.string() }));
const cnames = openapi(
  z.strictObject({ do_settings: z.strictObject({ service_cnames: z.array(z.string()).nullish() }) }),
);
const autoscaleBody = openapi(z.strictObject({ storage: storageAutoscale.nullish() }));
const autoscaleAnswer = openapi(
  z.strictObject({
    autoscale: z.strictObject({ storage: storageAutoscale }),
    storage: guess('godo looks for it there', storageAutoscale),
  }),
);
const config = openapi(
  z.strictObject({
    config: guess("the engine's own options: whatever is set is kept", z.record(z.string(), z.unknown())),
  }),
);
const backup = openapi(
  z.strictObject({ created_at: z.iso.datetime(), size_gigabytes: z.number(), incremental: z.boolean() }),
);
const event = openapi(
  z.strictObject({
    id: z.string(),
    cluster_name: z.string(),
    event_type: z.string(),
    create_time: z.string(),
  }),
);

/** What of an engine's configuration there is before anything is set, as far as the provider's tests look for it. */
const DEFAULTS: Readonly<Partial<Record<Engine, Settings>>> = {
  redis: { redis_ssl: true, redis_persistence: 'rdb' },
  valkey: { valkey_ssl: true, valkey_persistence: 'rdb' },
};

/** What an advanced engine is set to, each parameter by its name, as a list. */
const parameters = (given: unknown) =>
  Object.entries(given as Settings).map(([name, value]) => ({ name, value }));

function shownConfig({ engine, config: own }: Cluster): Settings {
  if (!engine.startsWith('advanced_')) return { ...DEFAULTS[engine], ...own };
  return Object.fromEntries(Object.entries(own).map(([key, given]) => [key, parameters(given)]));
}

/** Those of a PATCH, with the parameters of an advanced engine that were set before. @throws 422 */
function changedConfig({ engine, config: own }: Cluster, given: Settings): Settings {
  if (!engine.startsWith('advanced_')) return { ...own, ...given };
  const changed = Object.entries(given).map(([key, more]) => {
    if (typeof more !== 'object') throw unprocessable(`config.${key} must be an object.`);
    return [key, { ...(own[key] as object), ...more }];
  });
  return { ...own, ...Object.fromEntries(changed) };
}

/** @throws 422 for an engine that has no such setting */
function only(cluster: Cluster, has: (engine: Engine) => boolean, what: string): Cluster {
  if (!has(cluster.engine)) throw unprocessable(`A cluster of ${cluster.engine} has no ${what}.`);
  return cluster;
}

/** Calls that read and change what a cluster is set to. */
export function clusterSettingRoutes({ cloud }: Api, clusterOf: ClusterOf): Route[] {
  const base = '/v2/databases/:database_cluster_uuid' as const;
  const save = (cluster: Cluster, change: Partial<Cluster>) =>
    void cloud.of(CLUSTERS).set(cluster.id, { ...cluster, ...change });
  const read = (
    path: string,
    operation: string,
    answer: z.ZodType,
    handle: (cluster: Cluster) => unknown,
    guesses: readonly string[] = [],
  ) =>
    route({
      call: `GET ${base}/${path}`,
      ...{ operation, answer, guesses, status: 200, scopes: [['database:read']] },
      handle: (call) => handle(clusterOf(call)),
    });
  const write = <B extends z.ZodType>(
    method: Extract<Method, 'PUT' | 'PATCH'>,
    path: string,
    operation: string,
    body: B,
    change: (cluster: Cluster, given: z.infer<B>) => Partial<Cluster>,
    more: { readonly status?: number; readonly guesses?: readonly string[] } = {},
  ) =>
    route({
      call: `${method} ${base}/${path}`,
      ...{ operation, body, status: 204, scopes: [['database:update']], ...more },
      handle: (call) => {
        const cluster = clusterOf(call);
        save(cluster, change(cluster, call.body));
      },
    });
  return [
    read(
      ...(['config', 'databases_get_config', config] as const),
      (cluster) => ({ config: shownConfig(cluster) }),
      [
        'What was set, and few of the defaults.',
        'The parameters of an advanced engine as a list, as godo reads them.',
      ],
    ),
    write(
      ...(['PATCH', 'config', 'databases_patch_config', config] as const),
      (cluster, given) => ({ config: changedConfig(cluster, given.config) }),
      { status: 200 },
    ),
    read(
      ...(['ca', 'databases_get_ca'] as const),
      openapi(z.strictObject({ ca: z.strictObject({ certificate: z.string() }) })),
      () => ({ ca: { certificate: CA_CERTIFICATE } }),
      ['The same one for all clusters; nobody has its key.'],
    ),
    write(
      ...(['PUT', 'maintenance', 'databases_update_maintenanceWindow', maintenanceBody] as const),
      (_, { day, hour }) => ({ maintenance: { day, hour: hour.length > 5 ? hour : `${hour}:00` } }),
      { guesses: ['The hour is answered with seconds.'] },
    ),
    route({
      call: `PUT ${base}/install_update`,
      operation: 'databases_install_update',
      scopes: [['database:update']],
      status: 204,
      guesses: ['There never is an update; nothing happens.'],
      handle: (call) => void clusterOf(call),
    }),
    read(
      ...(['backups', 'databases_list_backups'] as const),
      openapi(z.strictObject({ backups: z.array(backup) })),
      () => ({ backups: [] }),
      ['Always empty: nothing is backed up.'],
    ),
    read(
      ...(['events', 'databases_list_events_logs'] as const),
      openapi(z.strictObject({ events: z.array(event) })),
      ({ id, name, createdAt }) => ({
        events: [
          { id: id.slice(0, 8), cluster_name: name, event_type: 'cluster_create', create_time: createdAt },
        ],
      }),
      ['Its creation, and nothing after that.'],
    ),
    read('eviction_policy', 'databases_get_evictionPolicy', eviction, (cluster) => ({
      eviction_policy: only(cluster, isCache, 'eviction policy').evictionPolicy,
    })),
    write(
      ...(['PUT', 'eviction_policy', 'databases_update_evictionPolicy', eviction] as const),
      (cluster, { eviction_policy }) => {
        only(cluster, isCache, 'eviction policy');
        return { evictionPolicy: eviction_policy };
      },
    ),
    read('sql_mode', 'databases_get_sql_mode', sqlMode, (cluster) => ({
      sql_mode: only(cluster, isMysql, 'SQL mode').sqlMode,
    })),
    write(
      ...(['PUT', 'sql_mode', 'databases_update_sql_mode', sqlMode] as const),
      (cluster, { sql_mode }) => {
        only(cluster, isMysql, 'SQL mode');
        return { sqlMode: sql_mode };
      },
    ),
    write(
      ...(['PUT', 'upgrade', 'databases_update_major_version'] as const),
      openapi(z.strictObject({ version: z.string().nullish() })),
      ({ engine, version: before }, { version: wanted }) => {
        const version = versionOf(engine, wanted);
        if (version === undefined || Number.parseFloat(version) <= Number.parseFloat(before))
          throw unprocessable(`A cluster of ${engine} ${before} can not be upgraded to ${wanted}.`);
        return { version };
      },
      { guesses: ['At once.'] },
    ),
    read(
      ...(['autoscale', 'databases_get_autoscale'] as const),
      autoscaleAnswer,
      ({ autoscale }) => ({ autoscale, storage: autoscale.storage }),
      ['Nothing ever grows by itself.'],
    ),
    write(
      ...(['PUT', 'autoscale', 'databases_update_autoscale', autoscaleBody] as const),
      ({ autoscale }, given) => ({
        autoscale: given.storage
          ? { storage: { ...(autoscale.storage as Settings), ...given.storage } }
          : autoscale,
      }),
    ),
    read('do_settings', 'databases_get_do_settings', cnames, (cluster) => ({
      do_settings: { service_cnames: cluster.cnames },
    })),
    write(
      ...(['PUT', 'do_settings', 'databases_update_do_settings', cnames] as const),
      (_, { do_settings }) => ({ cnames: do_settings.service_cnames ?? [] }),
    ),
  ];
}
