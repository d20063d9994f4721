import type { Make, WorldPart } from './world-part';

/** Clusters of each engine that has calls of its own. */
export async function databaseWorld(made: Make): Promise<WorldPart> {
  const create = async (name: string, engine: string, num_nodes = 1) =>
    (await made('/v2/databases', { name, engine, num_nodes, region: 'fra1', size: 'db-s-1vcpu-1gb' }))
      .database.id;
  const [pg, mysql, valkey] = [
    await create('pg1', 'pg'),
    await create('mysql', 'mysql'),
    await create('valkey', 'valkey'),
  ];
  const old = (
    await made('/v2/databases', {
      ...{ name: 'old', engine: 'pg', version: '16', num_nodes: 1, region: 'fra1', size: 'db-s-1vcpu-1gb' },
    })
  ).database.id;
  const kafka = await create('kafka', 'kafka', 3);
  await made(`/v2/databases/${pg}/users`, { name: 'app' });
  await made(`/v2/databases/${pg}/pools`, { name: 'pool', mode: 'session', size: 2, db: 'defaultdb' });
  await made(`/v2/databases/${pg}/replicas`, { name: 'copy' });
  await made(`/v2/databases/${kafka}/topics`, { name: 'topic' });
  const rsyslog = { config: { server: '192.0.2.1', port: 514, tls: false, format: 'rfc5424' } };
  const sink = { sink_name: 'logs', sink_type: 'rsyslog', ...rsyslog };
  const logsink = (await made(`/v2/databases/${pg}/logsink`, sink)).sink.sink_id;
  const base = '/v2/databases/:database_cluster_uuid';
  const topic = { replication_factor: 2, partition_count: 6 };
  const pool = { mode: 'transaction', size: 3, db: 'defaultdb', user: 'app' };
  const rules = [{ type: 'ip_addr', value: '192.0.2.1', description: 'd' }];
  return {
    parameters: {
      ...{ database_cluster_uuid: pg, username: 'app', database_name: 'defaultdb', pool_name: 'pool' },
      ...{ replica_name: 'copy', topic_name: 'topic', logsink_id: logsink },
    },
    of: {
      [`PUT ${base}/eviction_policy`]: { database_cluster_uuid: valkey },
      [`PUT ${base}/sql_mode`]: { database_cluster_uuid: mysql },
      [`PUT ${base}/upgrade`]: { database_cluster_uuid: old },
      [`POST ${base}/topics`]: { database_cluster_uuid: kafka },
      [`PUT ${base}/topics/:topic_name`]: { database_cluster_uuid: kafka },
    },
    bodies: {
      'POST /v2/databases': {
        ...{ name: 'other', engine: 'pg', version: '16', region: 'fra1', size: 'db-s-1vcpu-1gb' },
        ...{ num_nodes: 2, tags: ['t'], rules, storage_size_mib: 20480 },
        do_settings: { service_cnames: ['db.a.test'] },
      },
      [`PUT ${base}/resize`]: { size: 'db-s-1vcpu-2gb', num_nodes: 2, storage_size_mib: 61440 },
      [`PATCH ${base}/config`]: { config: {} },
      [`PUT ${base}/maintenance`]: { day: 'tuesday', hour: '14:00' },
      [`PUT ${base}/eviction_policy`]: { eviction_policy: 'allkeys_lru' },
      [`PUT ${base}/sql_mode`]: { sql_mode: 'ANSI' },
      [`PUT ${base}/migrate`]: { region: 'lon1' },
      [`PUT ${base}/upgrade`]: { version: '17' },
      [`PUT ${base}/autoscale`]: { storage: { enabled: true, threshold_percent: 80, increment_gib: 10 } },
      [`PUT ${base}/do_settings`]: { do_settings: { service_cnames: ['db.a.test'] } },
      [`PUT ${base}/firewall`]: { rules },
      [`POST ${base}/users`]: { name: 'next', settings: { pg_allow_replication: true } },
      [`PUT ${base}/users/:username`]: { settings: { pg_allow_replication: true } },
      [`POST ${base}/users/:username/reset_auth`]: {
        mysql_settings: { auth_plugin: 'caching_sha2_password' },
      },
      [`POST ${base}/dbs`]: { name: 'alpha' },
      [`POST ${base}/pools`]: { name: 'pool2', ...pool },
      [`PUT ${base}/pools/:pool_name`]: pool,
      [`POST ${base}/replicas`]: { name: 'copy2', region: 'nyc3', size: 'db-s-1vcpu-1gb', tags: ['t'] },
      [`POST ${base}/logsink`]: { ...sink, sink_name: 'logs2' },
      [`PUT ${base}/logsink/:logsink_id`]: rsyslog,
      [`POST ${base}/topics`]: { name: 'topic2', ...topic },
      [`PUT ${base}/topics/:topic_name`]: topic,
    },
  };
}
