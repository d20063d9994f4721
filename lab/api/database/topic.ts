import { z } from 'zod';
import type { Api } from '../api';
import { conflict, found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { type Cluster, keyOf, TOPICS, type Topic } from './stored-database';
import { TOPIC_DEFAULTS } from './topic-config';

const config = guess(
  "Kafka's own options: the document's defaults, and whatever is set",
  z.record(z.string(), z.unknown()),
);
const fields = {
  replication_factor: z.int().min(2).nullish(),
  partition_count: z.int().min(3).max(2048).nullish(),
  config: config.nullish(),
};
const createBody = openapi(z.strictObject({ name: z.string().min(1).max(249), ...fields }));
const updateBody = openapi(z.strictObject(fields));
const state = z.enum(['active', 'configuring', 'deleting', 'unknown']);
const partition = z.strictObject({
  id: z.int(),
  size: z.int(),
  in_sync_replicas: z.int(),
  earliest_offset: z.int(),
  consumer_groups: z.array(z.unknown()),
});
const topicAnswer = openapi(
  z.strictObject({
    name: z.string(),
    state,
    replication_factor: z.int(),
    partitions: z.array(partition),
    config,
  }),
  'kafka topic',
);
const oneTopic = openapi(z.strictObject({ topic: topicAnswer }));
/** As the list shows it. */
const listed = openapi(
  z.strictObject({ name: z.string(), state, replication_factor: z.int(), partition_count: z.int() }),
);

const view = ({ name, replicas, partitions, config: own }: Topic) => ({
  ...{ name, state: 'active', replication_factor: replicas },
  config: { ...TOPIC_DEFAULTS, ...own },
  partitions: Array.from({ length: partitions }, (_, id) => ({
    ...{ id, size: 0, in_sync_replicas: replicas, earliest_offset: 0, consumer_groups: [] },
  })),
});

export function topicRoutes({ cloud }: Api, clusterOf: (call: Pick<Call, 'params'>) => Cluster): Route[] {
  const base = '/v2/databases/:database_cluster_uuid/topics' as const;
  const kafkaOf = (call: Pick<Call, 'params'>) => {
    const cluster = clusterOf(call);
    if (cluster.engine !== 'kafka') throw unprocessable(`A cluster of ${cluster.engine} has no topics.`);
    return cluster.id;
  };
  const topicOf = (call: Pick<Call, 'params'>) =>
    found(cloud.of(TOPICS).get(keyOf({ clusterId: kafkaOf(call), name: call.params.topic_name ?? '' })));
  return [
    route({
      call: `GET ${base}`,
      operation: 'databases_list_kafka_topics',
      scopes: [['database:read']],
      status: 200,
      answer: openapi(z.strictObject({ topics: z.array(listed) })),
      handle: (call) => ({
        topics: cloud
          .of(TOPICS)
          .byCluster.get(kafkaOf(call))
          .map(({ name, replicas, partitions }) => ({
            ...{ name, state: 'active', replication_factor: replicas, partition_count: partitions },
          })),
      }),
    }),
    route({
      call: `POST ${base}`,
      operation: 'databases_create_kafka_topic',
      scopes: [['database:create']],
      body: createBody,
      status: 201,
      answer: oneTopic,
      guesses: ['409 for a name that is taken. It is active at once.'],
      handle: (call) => {
        const { name, replication_factor, partition_count, config: given } = call.body;
        const topic = {
          ...{ clusterId: kafkaOf(call), name, replicas: replication_factor ?? 2 },
          ...{ partitions: partition_count ?? 3, config: given ?? {} },
        };
        if (cloud.of(TOPICS).has(keyOf(topic))) throw conflict(`topic ${name} already exists`);
        return { topic: view(cloud.of(TOPICS).set(keyOf(topic), topic)) };
      },
    }),
    route({
      call: `GET ${base}/:topic_name`,
      operation: 'databases_get_kafka_topic',
      scopes: [['database:read']],
      status: 200,
      answer: oneTopic,
      handle: (call) => ({ topic: view(topicOf(call)) }),
    }),
    route({
      call: `PUT ${base}/:topic_name`,
      operation: 'databases_update_kafka_topic',
      scopes: [['database:update']],
      body: updateBody,
      status: 200,
      answer: oneTopic,
      handle: (call) => {
        const before = topicOf(call);
        const { replication_factor, partition_count, config: given } = call.body;
        if (partition_count && partition_count < before.partitions)
          throw unprocessable('A topic keeps at least as many partitions as it has.');
        const topic = {
          ...before,
          replicas: replication_factor ?? before.replicas,
          partitions: partition_count ?? before.partitions,
          config: { ...before.config, ...given },
        };
        return { topic: view(cloud.of(TOPICS).set(keyOf(topic), topic)) };
      },
    }),
    route({
      call: `DELETE ${base}/:topic_name`,
      operation: 'databases_delete_kafka_topic',
      scopes: [['database:delete']],
      status: 204,
      handle: (call) => cloud.of(TOPICS).delete(keyOf(topicOf(call))),
    }),
  ];
}
