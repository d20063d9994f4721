import { z } from 'zod';
import { guess, openapi } from '../server/provenance';
import type { Caller } from '../server/scopes';
import { CA_CERTIFICATE } from './ca-certificate';
import { shownPassword } from './connection';
import { isMysql } from './engine';
import type { Cluster, User } from './stored-database';

const acl = { topic: z.string(), permission: z.enum(['admin', 'consume', 'produce', 'produceconsume']) };
const indexAcl = z.strictObject({
  index: z.string(),
  permission: z.enum(['deny', 'admin', 'read', 'readwrite', 'write']),
});
/** What of a user its engine knows. */
export const userSettings = z.strictObject({
  pg_allow_replication: z.boolean().nullish(),
  opensearch_acl: z.array(indexAcl).nullish(),
  acl: z.array(z.strictObject({ ...acl, id: z.string().nullish() })).nullish(),
  mongo_user_settings: z
    .strictObject({
      databases: z.array(z.string()).nullish(),
      role: z.enum(['readOnly', 'readWrite', 'dbAdmin']).nullish(),
    })
    .nullish(),
});
export const mysqlSettings = z.strictObject({
  auth_plugin: z.enum(['mysql_native_password', 'caching_sha2_password']),
});

export const userAnswer = openapi(
  z.strictObject({
    name: z.string(),
    role: z.enum(['primary', 'normal']),
    password: guess('empty without database:view_credentials', z.string()),
    access_cert: guess("the authority's, the same for all", z.string().optional()),
    access_key: guess(
      'belongs to no certificate; empty without database:view_credentials',
      z.string().optional(),
    ),
    mysql_settings: mysqlSettings.optional(),
    settings: userSettings.optional(),
  }),
  'database user',
);

export const userView = (user: User, { engine }: Cluster, caller: Caller) => ({
  name: user.name,
  role: user.role,
  password: shownPassword(user.password, caller),
  ...(user.accessKey === undefined
    ? {}
    : {
        access_cert: Buffer.from(CA_CERTIFICATE, 'base64').toString(),
        access_key: shownPassword(user.accessKey, caller),
      }),
  ...(isMysql(engine) ? { mysql_settings: { auth_plugin: user.authPlugin } } : {}),
  ...(Object.keys(user.settings).length > 0 ? { settings: user.settings } : {}),
});
