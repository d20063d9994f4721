import { z } from 'zod';
import type { Api } from '../api';
import { conflict, forbidden, found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { newPassword, newUser } from './cluster-create';
import { isCache } from './engine';
import { type Cluster, keyOf, type Settings, USERS, type User } from './stored-database';
import { mysqlSettings, userAnswer, userSettings, userView } from './user-view';

const oneUser = openapi(z.strictObject({ user: userAnswer }));
const readOnly = { role: z.string().nullish(), password: z.string().nullish() };
const createBody = openapi(
  z.strictObject({
    ...readOnly,
    name: z.string().min(1).max(63),
    mysql_settings: mysqlSettings.nullish(),
    settings: userSettings.nullish(),
    readonly: guess('kept by nobody', z.boolean().nullish()),
  }),
);
const updateBody = openapi(z.strictObject({ settings: userSettings.nullish() }));
const resetBody = openapi(z.strictObject({ mysql_settings: mysqlSettings.nullish() }));

/** Entries of the access list get an id each. */
function settingsOf(given: z.infer<typeof userSettings> | null | undefined): Settings {
  if (!given) return {};
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const acl = given.acl?.map((one, index) => ({ ...one, id: one.id ?? `acl${index + 1}` }));
  return acl ? { ...kept, acl } : kept;
}

export function userRoutes({ cloud }: Api, clusterOf: (call: Pick<Call, 'params'>) => Cluster): Route[] {
  const base = '/v2/databases/:database_cluster_uuid/users' as const;
  const userOf = (call: Pick<Call, 'params'>) =>
    found(cloud.of(USERS).get(keyOf({ clusterId: clusterOf(call).id, name: call.params.username ?? '' })));
  const save = (user: User) => cloud.of(USERS).set(keyOf(user), user);
  const view = (call: Pick<Call, 'params' | 'caller'>, user: User) => ({
    user: userView(user, clusterOf(call), call.caller),
  });
  return [
    route({
      call: `GET ${base}`,
      operation: 'databases_list_users',
      scopes: [['database:read']],
      status: 200,
      answer: openapi(z.strictObject({ users: z.array(userAnswer) })),
      handle: (call) => {
        const cluster = clusterOf(call);
        const users = cloud.of(USERS).byCluster.get(cluster.id);
        return { users: users.map((user) => userView(user, cluster, call.caller)) };
      },
    }),
    route({
      call: `POST ${base}`,
      operation: 'databases_add_user',
      scopes: [['database:create']],
      body: createBody,
      status: 201,
      answer: oneUser,
      guesses: ['409 for a name that is taken; 422 for Redis and Valkey, which have no users to manage.'],
      handle: (call) => {
        const cluster = clusterOf(call);
        const { name, mysql_settings, settings } = call.body;
        if (isCache(cluster.engine))
          throw unprocessable(`A cluster of ${cluster.engine} has no users to manage.`);
        const user = newUser(cluster, name, 'normal');
        if (cloud.of(USERS).has(keyOf(user))) throw conflict(`user ${name} already exists`);
        const authPlugin = mysql_settings?.auth_plugin ?? user.authPlugin;
        return view(call, save({ ...user, authPlugin, settings: settingsOf(settings) }));
      },
    }),
    route({
      call: `GET ${base}/:username`,
      operation: 'databases_get_user',
      scopes: [['database:read']],
      status: 200,
      answer: oneUser,
      handle: (call) => view(call, userOf(call)),
    }),
    route({
      call: `PUT ${base}/:username`,
      operation: 'databases_update_user',
      scopes: [['database:update']],
      body: updateBody,
      status: 201,
      answer: oneUser,
      handle: (call) => view(call, save({ ...userOf(call), settings: settingsOf(call.body.settings) })),
    }),
    route({
      call: `DELETE ${base}/:username`,
      operation: 'databases_delete_user',
      scopes: [['database:delete']],
      status: 204,
      guesses: ['403 for the user that there is from the beginning.'],
      handle: (call) => {
        const user = userOf(call);
        if (user.role === 'primary') throw forbidden(`The user ${user.name} can not be deleted.`);
        cloud.of(USERS).delete(keyOf(user));
      },
    }),
    route({
      call: `POST ${base}/:username/reset_auth`,
      operation: 'databases_reset_auth',
      scopes: [['database:update']],
      body: resetBody,
      status: 200,
      answer: oneUser,
      guesses: ['There is a new password each time.'],
      handle: (call) => {
        const user = userOf(call);
        const authPlugin = call.body.mysql_settings?.auth_plugin ?? user.authPlugin;
        return view(call, save({ ...user, authPlugin, password: newPassword() }));
      },
    }),
  ];
}
