import { z } from 'zod';
import type { Api } from '../api';
import { conflict, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { TRAITS } from './engine';
import { type Cluster, DBS, type Db, keyOf } from './stored-database';

const dbAnswer = openapi(z.strictObject({ name: z.string() }), 'database');
const oneDb = openapi(z.strictObject({ db: dbAnswer }));
const createBody = openapi(z.strictObject({ name: z.string().min(1).max(63) }));
const view = ({ name }: Db) => ({ name });

/** The databases in a cluster. */
export function dbRoutes({ cloud }: Api, clusterOf: (call: Pick<Call, 'params'>) => Cluster): Route[] {
  const base = '/v2/databases/:database_cluster_uuid/dbs' as const;
  const dbOf = (call: Pick<Call, 'params'>) =>
    found(cloud.of(DBS).get(keyOf({ clusterId: clusterOf(call).id, name: call.params.database_name ?? '' })));
  return [
    route({
      call: `GET ${base}`,
      operation: 'databases_list',
      scopes: [['database:read']],
      status: 200,
      answer: openapi(z.strictObject({ dbs: z.array(dbAnswer) })),
      handle: (call) => ({ dbs: cloud.of(DBS).byCluster.get(clusterOf(call).id).map(view) }),
    }),
    route({
      call: `POST ${base}`,
      operation: 'databases_add',
      scopes: [['database:create']],
      body: createBody,
      status: 201,
      answer: oneDb,
      guesses: ['409 for a name that is taken; 422 for engines that have none.'],
      handle: (call) => {
        const { id, engine } = clusterOf(call);
        if (TRAITS[engine].db === '') throw unprocessable(`A cluster of ${engine} has no databases.`);
        const db = { clusterId: id, name: call.body.name };
        if (cloud.of(DBS).has(keyOf(db))) throw conflict(`database ${db.name} already exists`);
        return { db: view(cloud.of(DBS).set(keyOf(db), db)) };
      },
    }),
    route({
      call: `GET ${base}/:database_name`,
      operation: 'databases_get',
      scopes: [['database:read']],
      status: 200,
      answer: oneDb,
      handle: (call) => ({ db: view(dbOf(call)) }),
    }),
    route({
      call: `DELETE ${base}/:database_name`,
      operation: 'databases_delete',
      scopes: [['database:delete']],
      status: 204,
      handle: (call) => cloud.of(DBS).delete(keyOf(dbOf(call))),
    }),
  ];
}
