import { z } from 'zod';
import type { Api } from '../api';
import { conflict, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import { connection, connectionAnswer, hostOf, privateHost } from './connection';
import { isPostgres } from './engine';
import { type Cluster, DBS, keyOf, POOLS, type Pool, USERS } from './stored-database';

/** Where pools listen. */
const PORT = 25061;

const fields = {
  mode: z.enum(['transaction', 'session', 'statement']),
  size: z.int().min(1),
  db: z.string().min(1),
  user: z.string().nullish(),
};
const createBody = openapi(z.strictObject({ name: z.string().min(3).max(63), ...fields }));
const updateBody = openapi(z.strictObject(fields));
const poolAnswer = openapi(
  z.strictObject({
    name: z.string(),
    mode: z.string(),
    size: z.int(),
    db: z.string(),
    user: z.string(),
    connection: connectionAnswer,
    private_connection: connectionAnswer,
  }),
  'connection pool',
);
const onePool = openapi(z.strictObject({ pool: poolAnswer }));

/** Connection pools of PostgreSQL. */
export function poolRoutes({ cloud }: Api, clusterOf: (call: Pick<Call, 'params'>) => Cluster): Route[] {
  const base = '/v2/databases/:database_cluster_uuid/pools' as const;
  const poolOf = (call: Pick<Call, 'params'>) =>
    found(cloud.of(POOLS).get(keyOf({ clusterId: clusterOf(call).id, name: call.params.pool_name ?? '' })));

  function save(pool: Pool): Pool {
    const { clusterId, db, user } = pool;
    if (!cloud.of(DBS).has(keyOf({ clusterId, name: db })))
      throw unprocessable(`The cluster has no database ${db}.`);
    if (user !== '' && !cloud.of(USERS).has(keyOf({ clusterId, name: user })))
      throw unprocessable(`The cluster has no user ${user}.`);
    return cloud.of(POOLS).set(keyOf(pool), pool);
  }

  function view(cluster: Cluster, { name, mode, size, db, user }: Pool, caller: Caller) {
    const password = cloud.of(USERS).get(keyOf({ clusterId: cluster.id, name: user }))?.password ?? '';
    const to = (host: string) =>
      connection(cluster, { host, user, password, database: name, port: PORT }, caller);
    const host = hostOf(cluster);
    return { name, mode, size, db, user, connection: to(host), private_connection: to(privateHost(host)) };
  }

  return [
    route({
      call: `GET ${base}`,
      operation: 'databases_list_connectionPools',
      scopes: [['database:read']],
      status: 200,
      answer: openapi(z.strictObject({ pools: z.array(poolAnswer) })),
      handle: (call) => {
        const cluster = clusterOf(call);
        const pools = cloud.of(POOLS).byCluster.get(cluster.id);
        return { pools: pools.map((pool) => view(cluster, pool, call.caller)) };
      },
    }),
    route({
      call: `POST ${base}`,
      operation: 'databases_add_connectionPool',
      scopes: [['database:create']],
      body: createBody,
      status: 201,
      answer: onePool,
      guesses: ['409 for a name that is taken; 422 for a database or a user that the cluster lacks.'],
      handle: (call) => {
        const cluster = clusterOf(call);
        if (!isPostgres(cluster.engine))
          throw unprocessable(`A cluster of ${cluster.engine} has no connection pools.`);
        const pool = { ...call.body, clusterId: cluster.id, user: call.body.user ?? '' };
        if (cloud.of(POOLS).has(keyOf(pool))) throw conflict(`pool ${pool.name} already exists`);
        return { pool: view(cluster, save(pool), call.caller) };
      },
    }),
    route({
      call: `GET ${base}/:pool_name`,
      operation: 'databases_get_connectionPool',
      scopes: [['database:read']],
      status: 200,
      answer: onePool,
      handle: (call) => ({ pool: view(clusterOf(call), poolOf(call), call.caller) }),
    }),
    route({
      call: `PUT ${base}/:pool_name`,
      operation: 'databases_update_connectionPool',
      scopes: [['database:update']],
      body: updateBody,
      status: 204,
      handle: (call) => void save({ ...poolOf(call), ...call.body, user: call.body.user ?? '' }),
    }),
    route({
      call: `DELETE ${base}/:pool_name`,
      operation: 'databases_delete_connectionPool',
      scopes: [['database:delete']],
      status: 204,
      handle: (call) => cloud.of(POOLS).delete(keyOf(poolOf(call))),
    }),
  ];
}
