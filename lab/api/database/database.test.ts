import { createPrivateKey, X509Certificate } from 'node:crypto';
import { recordsOnly } from '../server/records-only';
import { type Lab, start } from '../testing/client';
import { ENGINES, TRAITS } from './engine';

let lab: Lab;
beforeEach(async () => {
  lab = await start({ tokens: [{ token: 'reader', scopes: ['database:read'] }] });
});
afterEach(() => lab.close());

const BASE = { name: 'backend', engine: 'pg', region: 'fra1', size: 'db-s-1vcpu-1gb', num_nodes: 1 };
const create = async (more: object = {}) => {
  const { status, body } = await lab.call('POST', '/v2/databases', { ...BASE, ...more });
  expect([status, body.message]).toEqual([201, undefined]);
  return body.database;
};
const path = (id: string, rest = '') => `/v2/databases/${id}${rest}`;
const online = async (id: string) =>
  (await lab.until(path(id), ({ database }) => database.status === 'online')).database;
const refusal = async (more: object) => {
  const { status, body } = await lab.call('POST', '/v2/databases', { ...BASE, ...more });
  return [status, body.message];
};

test.each(ENGINES)('a cluster of %s comes up, with a user and where to find it', async (engine) => {
  const [num_nodes] = TRAITS[engine].nodes;
  const made = await create({ engine, num_nodes });
  expect(made).toMatchObject({
    engine,
    status: 'creating',
    num_nodes,
    version: TRAITS[engine].versions.at(-1),
  });
  const { connection, users, db_names } = await online(made.id);
  expect(users).toMatchObject([{ name: TRAITS[engine].admin, role: 'primary' }]);
  expect(connection).toMatchObject({ user: users[0].name, password: users[0].password, ssl: true });
  expect(connection.uri).toContain(`${TRAITS[engine].scheme}://`);
  expect(connection.uri).toContain(`:${users[0].password}@${connection.host}:${TRAITS[engine].port}`);
  expect(db_names).toEqual(TRAITS[engine].db === '' ? [] : [TRAITS[engine].db]);
});

test('a cluster grows, never loses storage, and is gone with all that was in it', async () => {
  const { id, storage_size_mib } = await create();
  await online(id);
  const body = { size: 'db-s-2vcpu-4gb', num_nodes: 2 };
  expect((await lab.call('PUT', path(id, '/resize'), body)).status).toBe(202);
  const after = await online(id);
  expect(after).toMatchObject(body);
  expect(after.storage_size_mib).toBeGreaterThan(storage_size_mib);
  expect(after.standby_connection.host).toContain('replica-');
  const less = { ...body, storage_size_mib: storage_size_mib };
  expect((await lab.call('PUT', path(id, '/resize'), less)).status).toBe(422);
  expect((await lab.call('DELETE', path(id))).status).toBe(204);
  expect((await lab.call('GET', path(id))).status).toBe(404);
  const left = [...lab.cloud.store.everything()].flat().filter(([table]) => table.startsWith('database'));
  expect(left).toEqual([]);
});

test.each([
  [{ region: 'mars1' }, 422, 'region mars1 is invalid'],
  [{ size: 'large' }, 422, 'size large is invalid'],
  [{ version: '9' }, 422, 'version 9 of pg is invalid'],
  [{ num_nodes: 4 }, 422, 'A cluster of pg has 1, 2, 3 nodes, not 4.'],
  [{ private_network_uuid: 'x' }, 422, 'There is no VPC x in fra1.'],
  [{ rules: [{ type: 'droplet', value: '7' }] }, 422, 'Droplet 7 does not exist.'],
  [{ rules: [{ type: 'ip_addr', value: 'x' }] }, 422, 'x is not a valid address or CIDR block.'],
])('a cluster with %j is refused', async (more, status, message) => {
  expect(await refusal(more)).toEqual([status, message]);
});

test('a name is taken once', async () => {
  await create();
  expect(await refusal({})).toEqual([409, 'cluster name is not available']);
});

test('passwords show to those who may see them', async () => {
  const { id } = await create();
  const seen = async (rest: string) => (await lab.call('GET', path(id, rest), undefined, 'reader')).body;
  expect((await seen('')).database.connection.password).toBe('');
  expect((await seen('')).database.connection.uri).toContain('doadmin:@');
  expect((await seen('/users')).users[0].password).toBe('');
  expect((await lab.call('GET', path(id))).body.database.connection.password).toMatch(/^AVNS_/);
});

test('users and databases are added, read and taken; the first user stays', async () => {
  const { id } = await create({ engine: 'mysql' });
  const plugin = { mysql_settings: { auth_plugin: 'mysql_native_password' } };
  const { body } = await lab.call('POST', path(id, '/users'), { name: 'app', ...plugin });
  expect(body.user).toMatchObject({ name: 'app', role: 'normal', ...plugin });
  expect((await lab.call('POST', path(id, '/users'), { name: 'app' })).status).toBe(409);
  const reset = await lab.call('POST', path(id, '/users/app/reset_auth'), {});
  expect(reset.body.user.password).not.toBe(body.user.password);
  expect((await lab.call('GET', path(id, '/users/app'))).body).toEqual(reset.body);
  expect((await lab.call('DELETE', path(id, '/users/doadmin'))).status).toBe(403);
  expect((await lab.call('DELETE', path(id, '/users/app'))).status).toBe(204);
  expect((await lab.call('POST', path(id, '/dbs'), { name: 'alpha' })).body.db).toEqual({ name: 'alpha' });
  expect((await lab.call('POST', path(id, '/dbs'), { name: 'alpha' })).status).toBe(409);
  expect((await lab.call('GET', path(id))).body.database.db_names).toEqual(['defaultdb', 'alpha']);
  expect((await lab.call('DELETE', path(id, '/dbs/alpha'))).status).toBe(204);
  expect((await lab.call('GET', path(id, '/dbs/alpha'))).status).toBe(404);
});

test('a pool of PostgreSQL has an address of its own', async () => {
  const { id } = await create();
  const pool = { name: 'reports', mode: 'session', size: 5, db: 'defaultdb', user: 'doadmin' };
  const { body } = await lab.call('POST', path(id, '/pools'), pool);
  expect(body.pool).toMatchObject({ ...pool, connection: { port: 25061, database: 'reports' } });
  expect((await lab.call('POST', path(id, '/pools'), { ...pool, name: 'other', db: 'x' })).status).toBe(422);
  const change = { mode: 'transaction', size: 9, db: 'defaultdb' };
  expect((await lab.call('PUT', path(id, '/pools/reports'), change)).status).toBe(204);
  expect((await lab.call('GET', path(id, '/pools'))).body.pools).toMatchObject([{ ...change, user: '' }]);
  const { id: mysql } = await create({ engine: 'mysql', name: 'mysql' });
  expect((await lab.call('POST', path(mysql, '/pools'), pool)).status).toBe(422);
});

test('a replica comes up, and becomes a cluster of its own', async () => {
  const { id } = await create();
  const { body } = await lab.call('POST', path(id, '/replicas'), { name: 'copy', region: 'nyc3' });
  expect(body.replica).toMatchObject({ name: 'copy', region: 'nyc3', status: 'creating' });
  await lab.until(path(id, '/replicas/copy'), ({ replica }) => replica.status === 'online');
  expect((await lab.call('PUT', path(id, '/replicas/copy/promote'))).status).toBe(204);
  expect((await lab.call('GET', path(id, '/replicas'))).body.replicas).toEqual([]);
  const { database } = (await lab.call('GET', path(body.replica.id))).body;
  expect(database).toMatchObject({ name: 'copy', region: 'nyc3', users: [{ name: 'doadmin' }] });
});

test('a replica grows by its own id, and its cluster stays as it is', async () => {
  const cluster = await create();
  const { id } = (await lab.call('POST', path(cluster.id, '/replicas'), { name: 'copy' })).body.replica;
  const body = { size: 'db-s-2vcpu-4gb', num_nodes: 1, storage_size_mib: 71_680 };
  expect((await lab.call('PUT', path(id, '/resize'), body)).status).toBe(202);
  const { replica } = await lab.until(
    path(cluster.id, '/replicas/copy'),
    (one) => one.replica.status === 'online',
  );
  expect(replica).toMatchObject({ id, size: 'db-s-2vcpu-4gb', storage_size_mib: 71_680 });
  expect(await online(cluster.id)).toMatchObject({ size: BASE.size });
  expect((await lab.call('PUT', path(id, '/resize'), { ...body, storage_size_mib: 1 })).status).toBe(422);
  expect((await lab.call('PUT', path('another', '/resize'), body)).status).toBe(404);
});

const RSYSLOG = { server: '192.0.2.1', port: 514, tls: false, format: 'rfc5424' };

test('logs have sinks, which are changed and go with their cluster', async () => {
  const { id } = await create();
  const sinks = path(id, '/logsink');
  const { status, body } = await lab.call('POST', sinks, {
    ...{ sink_name: 'logs', sink_type: 'rsyslog', config: RSYSLOG },
  });
  expect([status, body.sink]).toMatchObject([201, { sink_name: 'logs', config: RSYSLOG }]);
  const one = `${sinks}/${body.sink.sink_id}`;
  expect((await lab.call('PUT', one, { config: { ...RSYSLOG, tls: true } })).status).toBe(200);
  expect((await lab.call('GET', one)).body).toEqual({ ...body.sink, config: { ...RSYSLOG, tls: true } });
  expect((await lab.call('GET', sinks)).body.sinks).toHaveLength(1);
  expect((await lab.call('DELETE', one)).status).toBe(200);
  expect((await lab.call('GET', one)).status).toBe(404);
});

test.each([
  ['pg', 'rsyslog', { ...RSYSLOG, server: undefined }, 'config.server is required for a sink of rsyslog.'],
  ['pg', 'rsyslog', { ...RSYSLOG, format: 'custom' }, 'config.logline is required for the custom format.'],
  [
    'pg',
    'opensearch',
    { url: 'https://a.test' },
    'config.index_prefix is required for a sink of opensearch.',
  ],
  ['pg', 'datadog', {}, 'log sink not supported: datadog for a cluster of pg.'],
  ['mongodb', 'rsyslog', RSYSLOG, 'log sink not supported: rsyslog for a cluster of mongodb.'],
])('a cluster of %s refuses such a sink of %s', async (engine, sink_type, config, message) => {
  const { id } = await create({ engine });
  const { status, body } = await lab.call('POST', path(id, '/logsink'), {
    sink_name: 'logs',
    sink_type,
    config,
  });
  expect([status, body.message]).toEqual([422, message]);
});

test('a cluster moves to another region', async () => {
  const { id, private_network_uuid: before } = await create();
  await online(id);
  expect((await lab.call('PUT', path(id, '/migrate'), { region: 'lon1' })).status).toBe(202);
  const after = await online(id);
  expect([after.region, after.private_network_uuid === before]).toEqual(['lon1', false]);
  expect((await lab.call('PUT', path(id, '/migrate'), { region: 'nowhere' })).status).toBe(422);
});

test.each(['autoscale', 'storage_autoscale'])(
  'how storage would grow is said at creation, by %s',
  async (key) => {
    const storage = { enabled: true, threshold_percent: 80, increment_gib: 10 };
    const { id } = await create({ [key]: key === 'autoscale' ? { storage } : storage });
    expect((await lab.call('GET', path(id, '/autoscale'))).body).toEqual({ autoscale: { storage }, storage });
  },
);

test('parameters of an advanced engine are set by name, and read as a list', async () => {
  const { id } = await create({ engine: 'advanced_pg', version: '16' });
  const patch = (pg_parameters: object) =>
    lab.call('PATCH', path(id, '/config'), { config: { pg_parameters } });
  await patch({ timezone: 'UTC', work_mem: '32' });
  await patch({ work_mem: '16' });
  expect((await lab.call('GET', path(id, '/config'))).body.config.pg_parameters).toEqual([
    { name: 'timezone', value: 'UTC' },
    { name: 'work_mem', value: '16' },
  ]);
  expect((await lab.call('PATCH', path(id, '/config'), { config: { pg_parameters: 'x' } })).status).toBe(422);
});

test('a version stays as it was named', async () => {
  expect((await create({ engine: 'mongodb', version: '6' })).version).toBe('6');
  expect(await refusal({ engine: 'mongodb', version: '61' })).toEqual([
    422,
    'version 61 of mongodb is invalid',
  ]);
});

test('a user of Kafka, and of no other engine, has a key and a certificate that a client can read', async () => {
  const { id } = await create({ engine: 'kafka', num_nodes: 3 });
  const { user } = (await lab.call('POST', path(id, '/users'), { name: 'app' })).body;
  expect(createPrivateKey(user.access_key).asymmetricKeyType).toBe('ec');
  expect(new X509Certificate(user.access_cert).ca).toBe(true);
  expect((await lab.call('GET', path(id, '/users/app'))).body.user.access_key).toBe(user.access_key);
  expect((await lab.call('GET', path(id, '/users/app'), undefined, 'reader')).body.user.access_key).toBe('');
  expect((await create({ name: 'other' })).users[0]).not.toHaveProperty('access_key');
});

test('who may connect is replaced as a whole, and known rules keep their id', async () => {
  const [droplet] = await lab.droplets('a');
  const { id } = await create({ rules: [{ type: 'tag', value: 'web' }] });
  const read = async () => (await lab.call('GET', path(id, '/firewall'))).body.rules;
  const [before] = await read();
  const rules = [
    { type: 'tag', value: 'web' },
    { type: 'droplet', value: String(droplet), description: 'd' },
  ];
  expect((await lab.call('PUT', path(id, '/firewall'), { rules })).status).toBe(204);
  expect(await read()).toMatchObject([before, { ...rules[1], cluster_uuid: id }]);
  expect((await lab.call('GET', '/v2/tags/web')).status).toBe(200);
});

test('settings are kept, each by the engines that have it', async () => {
  const { id } = await create({ engine: 'valkey' });
  const put = (rest: string, body: object, method = 'PUT') => lab.call(method, path(id, rest), body);
  expect((await put('/eviction_policy', { eviction_policy: 'allkeys_lru' })).status).toBe(204);
  expect((await lab.call('GET', path(id, '/eviction_policy'))).body.eviction_policy).toBe('allkeys_lru');
  expect((await put('/sql_mode', { sql_mode: 'ANSI' })).status).toBe(422);
  const defaults = { valkey_ssl: true, valkey_persistence: 'rdb' };
  expect((await lab.call('GET', path(id, '/config'))).body.config).toEqual(defaults);
  await put('/config', { config: { valkey_timeout: 30 } }, 'PATCH');
  await put('/config', { config: { valkey_ssl: false } }, 'PATCH');
  expect((await lab.call('GET', path(id, '/config'))).body.config).toEqual({
    ...{ valkey_timeout: 30, valkey_ssl: false, valkey_persistence: 'rdb' },
  });
  await put('/maintenance', { day: 'friday', hour: '3:00' });
  expect((await lab.call('GET', path(id))).body.database.maintenance_window).toMatchObject({
    ...{ day: 'friday', hour: '3:00:00' },
  });
  await put('/autoscale', { storage: { enabled: true, threshold_percent: 80, increment_gib: 10 } });
  expect((await lab.call('GET', path(id, '/autoscale'))).body.autoscale.storage.enabled).toBe(true);
  const old = await create({ name: 'old', version: '15' });
  expect((await lab.call('PUT', path(old.id, '/upgrade'), { version: '16' })).status).toBe(204);
  expect((await lab.call('PUT', path(old.id, '/upgrade'), { version: '15' })).status).toBe(422);
});

test('the certificate of the authority is one', async () => {
  const { id } = await create();
  const { certificate } = (await lab.call('GET', path(id, '/ca'))).body.ca;
  expect(new X509Certificate(Buffer.from(certificate, 'base64')).ca).toBe(true);
});

test('Kafka has topics, whose partitions only become more', async () => {
  const { id } = await create({ engine: 'kafka', num_nodes: 3 });
  const { body } = await lab.call('POST', path(id, '/topics'), {
    name: 'events',
    config: { retention_ms: 1 },
  });
  expect(body.topic).toMatchObject({ name: 'events', replication_factor: 2, config: { retention_ms: 1 } });
  expect(body.topic.config).toMatchObject({ cleanup_policy: 'delete', segment_jitter_ms: 0 });
  const one = path(id, '/topics/events');
  expect((await lab.call('PUT', one, { partition_count: 6 })).body.topic.partitions).toHaveLength(6);
  expect((await lab.call('PUT', one, { partition_count: 3 })).status).toBe(422);
  expect((await lab.call('GET', path(id, '/topics'))).body.topics).toMatchObject([{ partition_count: 6 }]);
  expect((await lab.call('DELETE', one)).status).toBe(204);
});

test('a cluster is a member of its VPC, a thing of its project, and has tags', async () => {
  const { id, private_network_uuid: vpc } = await create({ tags: ['a'] });
  const urn = `do:dbaas:${id}`;
  expect((await lab.call('GET', `/v2/vpcs/${vpc}/members`)).body.members).toMatchObject([{ urn }]);
  expect((await lab.call('GET', '/v2/projects/default/resources')).body.resources).toMatchObject([{ urn }]);
  expect((await lab.call('GET', '/v2/databases?tag_name=a')).body.databases).toMatchObject([{ id }]);
  await lab.call('POST', '/v2/tags', { name: 'b' });
  const resources = [{ resource_id: id, resource_type: 'database' }];
  expect((await lab.call('POST', '/v2/tags/b/resources', { resources })).status).toBe(204);
  expect((await lab.call('GET', '/v2/tags/b')).body.tag.resources.databases.count).toBe(1);
  await lab.call('DELETE', '/v2/tags/a');
  expect((await lab.call('GET', path(id))).body.database.tags).toEqual(['b']);
});

test('where droplets really run there is none', async () => {
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    expect((await booted.call('POST', '/v2/databases', BASE)).body.message).toBe(
      'A database cluster, where Droplets really run, is not emulated by the lab.',
    );
  } finally {
    await booted.close();
  }
});
