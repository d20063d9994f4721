import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { assignToProject, projectOf } from '../project/project-member';
import { becoming } from '../server/becoming';
import { conflict, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { ensureTags, tagName } from '../tag/tag';
import { defaultVpc } from '../vpc/vpc';
import { checkNodes } from './cluster-create';
import { connection, connectionAnswer, hostOf, privateHost } from './connection';
import { CREATE_REPLICA } from './database-life';
import { isSql, TRAITS } from './engine';
import {
  CLUSTERS,
  type Cluster,
  clusterUrn,
  DBS,
  keyOf,
  REPLICAS,
  type Replica,
  USERS,
} from './stored-database';

const replicaAnswer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    region: z.string(),
    size: z.string(),
    status: z.enum(['creating', 'online', 'resizing']),
    tags: z.array(z.string()),
    created_at: z.iso.datetime(),
    private_network_uuid: z.string(),
    connection: connectionAnswer,
    private_connection: connectionAnswer,
    storage_size_mib: z.int(),
  }),
  'database replica',
);
const oneReplica = openapi(z.strictObject({ replica: replicaAnswer }));
const createBody = openapi(
  z.strictObject({
    name: z.string().min(3).max(63),
    region: z.string().nullish(),
    size: z.string().nullish(),
    tags: z.array(tagName).nullish(),
    private_network_uuid: z.string().nullish(),
    storage_size_mib: z.int().nullish(),
  }),
);

/** Read-only copies of a cluster of PostgreSQL or MySQL. */
export function replicaRoutes({ cloud }: Api, clusterOf: (call: Pick<Call, 'params'>) => Cluster): Route[] {
  const base = '/v2/databases/:database_cluster_uuid/replicas' as const;
  const replicaOf = (call: Pick<Call, 'params'>) =>
    found(
      cloud.of(REPLICAS).get(keyOf({ clusterId: clusterOf(call).id, name: call.params.replica_name ?? '' })),
    );

  function view(cluster: Cluster, replica: Replica, caller: Caller) {
    const user = TRAITS[cluster.engine].admin;
    const password = cloud.of(USERS).get(keyOf({ clusterId: cluster.id, name: user }))?.password ?? '';
    const host = hostOf({ ...cluster, name: replica.name });
    const to = (name: string) => connection(cluster, { host: name, user, password }, caller);
    return {
      ...{ id: replica.id, name: replica.name, region: replica.region, size: replica.size },
      ...{ status: replica.status, created_at: second(replica.createdAt) },
      tags: caller.can('tag:read') ? replica.tags : [],
      private_network_uuid: replica.vpcId,
      ...{ connection: to(host), private_connection: to(privateHost(host)) },
      storage_size_mib: replica.storageMib,
    };
  }

  function create(cluster: Cluster, { body, start }: Call<z.infer<typeof createBody>>): Replica {
    if (!isSql(cluster.engine)) throw unprocessable(`A cluster of ${cluster.engine} has no replicas.`);
    const region = body.region || cluster.region;
    if (!isRegion(region)) throw unprocessable(`region ${region} is invalid`);
    const size = body.size || cluster.size;
    const least = checkNodes(cluster.engine, size, 1);
    const own = region === cluster.region ? cluster.vpcId : defaultVpc(cloud, region).id;
    const replica: Replica = {
      ...{ clusterId: cluster.id, id: randomUUID(), name: body.name, status: 'creating', region, size },
      storageMib: Math.max(body.storage_size_mib ?? 0, least, cluster.storageMib),
      vpcId: body.private_network_uuid || own,
      tags: ensureTags(cloud, body.tags ?? []),
      createdAt: new Date().toISOString(),
    };
    if (cloud.of(REPLICAS).has(keyOf(replica))) throw conflict(`replica ${body.name} already exists`);
    start(becoming(CREATE_REPLICA, keyOf(replica)));
    return cloud.of(REPLICAS).set(keyOf(replica), replica);
  }

  /** A cluster of its own, with what the one that it follows has. */
  function promote(cluster: Cluster, replica: Replica): void {
    const { id, name, region, size, storageMib, vpcId, tags, createdAt } = replica;
    cloud.of(REPLICAS).delete(keyOf(replica));
    const own = { id, name, region, size, storageMib, vpcId, tags, createdAt };
    cloud.of(CLUSTERS).set(id, { ...cluster, ...own, nodes: 1, status: 'online', sources: [] });
    assignToProject(cloud, clusterUrn(id), projectOf(cloud, clusterUrn(cluster.id)));
    for (const user of cloud.of(USERS).byCluster.get(cluster.id))
      cloud.of(USERS).set(keyOf({ ...user, clusterId: id }), { ...user, clusterId: id });
    for (const db of cloud.of(DBS).byCluster.get(cluster.id))
      cloud.of(DBS).set(keyOf({ ...db, clusterId: id }), { ...db, clusterId: id });
  }

  return [
    route({
      call: `GET ${base}`,
      operation: 'databases_list_replicas',
      scopes: [['database:read']],
      status: 200,
      answer: openapi(z.strictObject({ replicas: z.array(replicaAnswer) })),
      handle: (call) => {
        const cluster = clusterOf(call);
        const replicas = cloud.of(REPLICAS).byCluster.get(cluster.id);
        return { replicas: replicas.map((replica) => view(cluster, replica, call.caller)) };
      },
    }),
    route({
      call: `POST ${base}`,
      operation: 'databases_create_replica',
      scopes: [['database:create']],
      body: createBody,
      status: 201,
      answer: oneReplica,
      guesses: [
        'It is `creating` for the time of an action; in the region, with the size of the cluster, where none is named.',
      ],
      handle: (call) => {
        const cluster = clusterOf(call);
        return { replica: view(cluster, create(cluster, call), call.caller) };
      },
    }),
    route({
      call: `GET ${base}/:replica_name`,
      operation: 'databases_get_replica',
      scopes: [['database:read']],
      status: 200,
      answer: oneReplica,
      handle: (call) => ({ replica: view(clusterOf(call), replicaOf(call), call.caller) }),
    }),
    route({
      call: `DELETE ${base}/:replica_name`,
      operation: 'databases_destroy_replica',
      scopes: [['database:delete']],
      status: 204,
      handle: (call) => cloud.of(REPLICAS).delete(keyOf(replicaOf(call))),
    }),
    route({
      call: `PUT ${base}/:replica_name/promote`,
      operation: 'databases_promote_replica',
      scopes: [['database:update']],
      status: 204,
      guesses: ['At once; the new cluster has the id of the replica, one node, and the same users.'],
      handle: (call) => promote(clusterOf(call), replicaOf(call)),
    }),
  ];
}
