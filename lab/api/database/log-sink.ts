import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { conflict, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { type Cluster, keyOf, LOG_SINKS, type LogSink } from './stored-database';

const text = z.string().nullish();
const config = openapi(
  z.strictObject({
    ...{ server: text, port: z.int().min(1).max(65_535).nullish(), tls: z.boolean().nullish() },
    ...{ format: z.enum(['rfc5424', 'rfc3164', 'custom']).nullish(), logline: text, sd: text },
    ...{ ca: text, key: text, cert: text },
    ...{ url: text, index_prefix: text, index_days_max: z.int().min(1).nullish() },
    ...{ timeout: z.number().nullish(), site: text, datadog_api_key: text },
  }),
);
type Config = z.infer<typeof config>;
const search = ['url', 'index_prefix'] as const;
/** What a sink of each type has to have. */
const NEEDED = {
  rsyslog: ['server', 'port', 'tls', 'format'],
  elasticsearch: search,
  opensearch: search,
  datadog: ['site', 'datadog_api_key'],
} as const;
type Type = keyof typeof NEEDED;
const type = z.enum(Object.keys(NEEDED) as [Type, ...Type[]]);
const createBody = openapi(z.strictObject({ sink_name: z.string().min(1).max(63), sink_type: type, config }));
const updateBody = openapi(z.strictObject({ config }));
const sinkAnswer = openapi(
  z.strictObject({ sink_id: z.uuid(), sink_name: z.string(), sink_type: type, config }),
  'log sink',
);

const view = ({ id, name, type: sink_type, config: own }: LogSink) => ({
  ...{ sink_id: id, sink_name: name, sink_type, config: own },
});

/** @throws 422 */
function check({ engine }: Cluster, wanted: Type, given: Config): void {
  if ((engine === 'mongodb') !== (wanted === 'datadog'))
    throw unprocessable(`log sink not supported: ${wanted} for a cluster of ${engine}.`);
  const missing = NEEDED[wanted].find((key) => given[key] === undefined || given[key] === null);
  if (missing !== undefined) throw unprocessable(`config.${missing} is required for a sink of ${wanted}.`);
  if (given.format === 'custom' && !given.logline)
    throw unprocessable('config.logline is required for the custom format.');
}

/** Where a cluster's logs would go. */
export function logSinkRoutes({ cloud }: Api, clusterOf: (call: Pick<Call, 'params'>) => Cluster): Route[] {
  const base = '/v2/databases/:database_cluster_uuid/logsink' as const;
  const sinksOf = (call: Pick<Call, 'params'>) => cloud.of(LOG_SINKS).byCluster.get(clusterOf(call).id);
  const sinkOf = (call: Pick<Call, 'params'>) =>
    found(sinksOf(call).find(({ id }) => id === call.params.logsink_id));
  const save = (sink: LogSink) => cloud.of(LOG_SINKS).set(keyOf(sink), sink);
  return [
    route({
      call: `GET ${base}`,
      operation: 'databases_list_logsink',
      scopes: [['database:read']],
      status: 200,
      answer: openapi(z.strictObject({ sinks: z.array(sinkAnswer) })),
      handle: (call) => ({ sinks: sinksOf(call).map(view) }),
    }),
    route({
      call: `POST ${base}`,
      operation: 'databases_create_logsink',
      scopes: [['database:create']],
      body: createBody,
      status: 201,
      answer: openapi(z.strictObject({ sink: sinkAnswer })),
      guesses: ['409 for a name that is taken. Nothing is ever logged.'],
      handle: (call) => {
        const { sink_name, sink_type, config: given } = call.body;
        const cluster = clusterOf(call);
        check(cluster, sink_type, given);
        const own = { clusterId: cluster.id, name: sink_name, id: randomUUID() };
        if (cloud.of(LOG_SINKS).has(keyOf(own))) throw conflict(`log sink ${sink_name} already exists`);
        return { sink: view(save({ ...own, type: sink_type, config: given })) };
      },
    }),
    route({
      call: `GET ${base}/:logsink_id`,
      operation: 'databases_get_logsink',
      scopes: [['database:read']],
      status: 200,
      answer: sinkAnswer,
      handle: (call) => view(sinkOf(call)),
    }),
    route({
      call: `PUT ${base}/:logsink_id`,
      operation: 'databases_update_logsink',
      scopes: [['database:update']],
      body: updateBody,
      status: 200,
      handle: (call) => {
        const sink = sinkOf(call);
        check(clusterOf(call), sink.type, call.body.config);
        save({ ...sink, config: call.body.config });
      },
    }),
    route({
      call: `DELETE ${base}/:logsink_id`,
      operation: 'databases_delete_logsink',
      scopes: [['database:delete']],
      status: 200,
      handle: (call) => cloud.of(LOG_SINKS).delete(keyOf(sinkOf(call))),
    }),
  ];
}
