import { z } from 'zod';
import { openapi } from '../server/provenance';
import type { Caller } from '../server/scopes';
import { TRAITS } from './engine';
import type { Cluster } from './stored-database';

export const connectionAnswer = openapi(
  z.strictObject({
    uri: z.string(),
    database: z.string(),
    host: z.string(),
    port: z.int(),
    user: z.string(),
    password: z.string(),
    ssl: z.boolean(),
  }),
  'database connection',
);

interface Target {
  /** In front of the host's name. */
  readonly host: string;
  readonly user: string;
  readonly password: string;
  /** @default the engine's own */
  readonly database?: string;
  readonly port?: number;
}

/** Passwords show to those who may see them. */
export const shownPassword = (password: string, caller: Caller) =>
  caller.can('database:view_credentials') ? password : '';

/** Where a client would connect to. Nothing listens there: the name is none of the internet's. */
export function connection(cluster: Cluster, target: Target, caller: Caller) {
  const { scheme, db, query, port } = TRAITS[cluster.engine];
  const host = `${target.host}.db.ondigitalocean.test`;
  const database = target.database ?? db;
  const password = shownPassword(target.password, caller);
  const at = target.port ?? port;
  const path = database === '' ? '' : `/${database}`;
  return {
    uri: `${scheme}://${target.user}:${password}@${host}:${at}${path}${query === '' ? '' : `?${query}`}`,
    ...{ database, host, port: at, user: target.user, password, ssl: true },
  };
}

/** The first part of a cluster's host name. */
export const hostOf = ({ name, id }: Cluster) => `${name}-do-user-${id.slice(0, 8)}-0`;
export const privateHost = (host: string) => `private-${host}`;
