import { EVERY_SETTING, stackEnvironment, synth, writtenFiles } from './synth';

describe('the database', () => {
  const json = synth();

  test('is one droplet, whose data is on a volume of the size in the settings', () => {
    const { digitalocean_droplet, digitalocean_volume } = synth(EVERY_SETTING).resource;
    expect(digitalocean_volume['database-volume']).toMatchObject({
      name: 'staging-database',
      region: 'fra1',
      size: 100,
    });
    expect(digitalocean_droplet['database-1'].volume_ids).toContain(
      '${digitalocean_volume.database-volume.id}',
    );
    expect(digitalocean_droplet).not.toHaveProperty('database-2');
  });

  test('keeps its volume when the stack is destroyed, until the setting lifts that', () => {
    const lifecycle = (stack: typeof json) => stack.resource.digitalocean_volume['database-volume'].lifecycle;
    expect(lifecycle(json)).toMatchObject({ prevent_destroy: true });
    expect(lifecycle(synth(EVERY_SETTING))).toMatchObject({ prevent_destroy: false });
  });

  test('finds its volume by name, so that a replaced droplet adopts the same data', () => {
    expect(stackEnvironment(json, 'database-1')).toMatchObject({
      VOLUME: json.resource.digitalocean_volume['database-volume'].name,
      DATABASE_NAME: 'app',
      DATABASE_USER: 'app',
    });
  });

  test('gets a generated password that fits into a URL, in a file for root alone', () => {
    expect(json.resource.random_password['database-password']).toMatchObject({ length: 32, special: false });
    expect(writtenFiles(json, 'database-1').get('/etc/scale-up/secrets/database-password')).toMatchObject({
      permissions: '0600',
      content: '${random_password.database-password.result}\n',
    });
  });

  test('has a certificate for the name by which apps know it, by an authority of its own', () => {
    const { tls_self_signed_cert, tls_cert_request, tls_locally_signed_cert } = json.resource;
    const years = 24 * 365 * 20;
    expect(tls_self_signed_cert['database-tls-authority']).toMatchObject({
      is_ca_certificate: true,
      set_subject_key_id: true,
      allowed_uses: ['cert_signing'],
      validity_period_hours: years,
    });
    expect(tls_cert_request['database-tls-request']).toMatchObject({ dns_names: ['database'] });
    expect(tls_locally_signed_cert['database-tls-certificate']).toMatchObject({
      ca_cert_pem: '${tls_self_signed_cert.database-tls-authority.cert_pem}',
      allowed_uses: ['digital_signature', 'server_auth'],
      validity_period_hours: years,
    });
    expect(writtenFiles(json, 'app-1').get('/etc/scale-up/secrets/app.env')?.content).toContain(
      'DATABASE_HOST=database\n',
    );
  });

  test('has the key of its certificate in a file for root alone, and no other droplet has any key', () => {
    expect(writtenFiles(json, 'database-1').get('/etc/scale-up/secrets/database-key.pem')).toMatchObject({
      permissions: '0600',
      content: '${base64encode(tls_private_key.database-tls-key.private_key_pem)}',
    });
    const users = Object.entries(json.data.cloudinit_config)
      .filter(([, document]) => JSON.stringify(document).includes('tls_private_key.'))
      .map(([name]) => name);
    expect(users).toEqual(['database-1-user-data']);
    expect(JSON.stringify(json.data)).not.toContain('tls_private_key.database-tls-authority-key');
  });

  test('lets a connection of a pool be idle for a week, and ends one whose droplet vanished within a minute', () => {
    const files = writtenFiles(json, 'database-1');
    const numberOf = (path: string, name: string) =>
      Number(new RegExp(`^${name} *= *(\\d+)$`, 'm').exec(files.get(path)?.content ?? '')?.[1]);
    expect(numberOf('/etc/mysql/mysql.conf.d/scale-up.cnf', 'wait_timeout')).toBe(7 * 24 * 3600);
    const [time = NaN, interval = NaN, probes = NaN] = ['time', 'intvl', 'probes'].map((name) =>
      numberOf('/etc/sysctl.d/60-scale-up.conf', `net.ipv4.tcp_keepalive_${name}`),
    );
    expect(time + interval * probes).toBeLessThanOrEqual(60);
    // A packet so often: no firewall on the way forgets a connection within its usual minutes.
    expect(time).toBeLessThanOrEqual(60);
  });

  test('is set up with what MySQL 8.0, 8.4 and 9.7 all know', () => {
    const file = writtenFiles(json, 'database-1').get('/etc/mysql/mysql.conf.d/scale-up.cnf')?.content ?? '';
    const settings = [...file.matchAll(/^(\w+) *=/gm)].map(([, name]) => name);
    const unit = writtenFiles(json, 'database-1').get(
      '/etc/systemd/system/mysql.service.d/scale-up.conf',
    )?.content;
    const options = [...(unit ?? '').matchAll(/--([a-z-]+)/g)].map(([, name]) => name?.replace(/-/g, '_'));
    expect([...settings, ...options].sort()).toEqual([...IN_EVERY_MYSQL].sort());
  });
});

/**
 * Options of mysqld that are in 8.0, 8.4 and 9.x alike; who adds one looks it up there first. Ubuntu 24.04 has 8.0, and the next one
 * will have 8.4. The lab runs 9.7, where mysqld itself says what it doesn't know.
 */
const IN_EVERY_MYSQL = [
  ...['innodb_flush_log_at_trx_commit', 'sync_binlog', 'innodb_doublewrite', 'innodb_flush_method'],
  ...[
    'binlog_expire_logs_seconds',
    'log_bin_trust_function_creators',
    'require_secure_transport',
    'tls_version',
    'ssl_ca',
    'ssl_cert',
    'ssl_key',
    'mysqlx',
    'skip_name_resolve',
  ],
  ...['server_id', 'log_bin', 'gtid_mode', 'enforce_gtid_consistency'],
  ...['local_infile', 'secure_file_priv', 'plugin_load_add', 'max_connections', 'wait_timeout'],
  ...['character_set_server', 'bind_address', 'innodb_buffer_pool_size', 'init_file', 'skip_log_error'],
];
