import type { SettingsInput } from '../lib/settings';
import { type Json, stackEnvironment, synth, writtenFiles } from './synth';

const SECRETS = '/etc/scale-up/secrets/';
const OWN_BUCKET = { bucket: 'foobar-backups' };

const withBackups = (backups: object = OWN_BUCKET, settings: Partial<SettingsInput> = {}): Json =>
  synth({ ...settings, database: { backups: { ...OWN_BUCKET, ...backups } } });

const secret = (json: Json, name: string) => writtenFiles(json, 'database-1').get(`${SECRETS}${name}`);

describe('copies of the database', () => {
  const json = withBackups();

  test('are not made, and nothing of them is on any droplet, without a bucket', () => {
    const without = synth();
    expect(without.resource).not.toHaveProperty('digitalocean_spaces_key');
    expect(JSON.stringify(without)).not.toContain('backup');
    expect([...writtenFiles(without, 'database-1').keys()]).not.toContain('/usr/local/sbin/scale-up-backup');
  });

  test('go to the bucket under the prefix of the stack, by a key that may touch that bucket only', () => {
    expect(stackEnvironment(json, 'database-1')).toMatchObject({
      BACKUP_REPOSITORY: 's3:https://sfo3.digitaloceanspaces.com/foobar-backups/production',
      BACKUP_RETENTION_DAYS: '30',
    });
    expect(json.resource.digitalocean_spaces_key['database-backups-key']).toMatchObject({
      grant: [{ bucket: 'foobar-backups', permission: 'readwrite' }],
    });
  });

  test.each([
    ['nyc3', 'sfo3'],
    ['fra1', 'ams3'],
    ['ams3', 'fra1'],
    ['sgp1', 'syd1'],
  ] as const)('of a stack in %s lie in %s, so that a lost region is not lost data', (region, elsewhere) => {
    expect(stackEnvironment(withBackups({}, { region }), 'database-1').BACKUP_REPOSITORY).toContain(
      `https://${elsewhere}.digitaloceanspaces.com/`,
    );
  });

  test('are made by the database droplet alone, which alone has their keys', () => {
    const users = Object.entries(json.data.cloudinit_config)
      .filter(([, document]) => /backup/.test(JSON.stringify(document)))
      .map(([name]) => name);
    expect(users).toEqual(['database-1-user-data']);
  });

  test("are opened by a password of the droplet's and by one that the user holds, each in a file for root", () => {
    expect(secret(json, 'backup-password')).toMatchObject({
      permissions: '0600',
      content: '${random_password.database-backups-password.result}\n',
    });
    expect(secret(json, 'backup-recovery-password')).toMatchObject({
      permissions: '0600',
      content: '${var.backup_recovery_password}\n',
    });
    expect(json.variable.backup_recovery_password).toMatchObject({ sensitive: true, nullable: false });
    expect(secret(json, 'backup-key')?.content).toBe(
      [
        'AWS_ACCESS_KEY_ID=${digitalocean_spaces_key.database-backups-key.access_key}\n',
        'AWS_SECRET_ACCESS_KEY=${digitalocean_spaces_key.database-backups-key.secret_key}\n',
      ].join(''),
    );
  });

  test('go to another S3 server by keys of its own, through a flow of its port', () => {
    const other = withBackups({ endpoint: 'https://s3.example.com:9000' });
    expect(other.resource).not.toHaveProperty('digitalocean_spaces_key');
    expect(secret(other, 'backup-key')?.content).toContain('${var.backup_secret_key}');
    const { outbound_rule } = other.resource.digitalocean_firewall['firewall-database'];
    expect(outbound_rule).toContainEqual(expect.objectContaining({ protocol: 'tcp', port_range: '9000' }));
  });

  test('are made on the volume of the data, or on one of their own', () => {
    expect(Object.keys(json.resource.digitalocean_volume)).toEqual(['database-volume']);
    expect(stackEnvironment(json, 'database-1')).not.toHaveProperty('WORK_VOLUME');
    const apart = withBackups({ workVolumeSize: 50 });
    expect(apart.resource.digitalocean_volume['database-backups-volume']).toMatchObject({
      name: 'production-database-work',
      region: 'nyc3',
      size: 50,
    });
    expect(apart.resource.digitalocean_droplet['database-1'].volume_ids).toEqual([
      '${digitalocean_volume.database-volume.id}',
      '${digitalocean_volume.database-backups-volume.id}',
    ]);
    expect(stackEnvironment(apart, 'database-1').WORK_VOLUME).toBe('production-database-work');
  });

  test('do not go to a volume that is smaller than the data may be', () => {
    expect(() => withBackups({ workVolumeSize: 19 })).toThrow(
      'database.backups.workVolumeSize: 19 has no room for a copy of a volume of 20 GiB that is full; 20 is the least, and 50 has all that a restore needs',
    );
  });

  test('of another stack can be what a new one begins with, by a key that only reads there', () => {
    const origin = { bucket: 'older-backups', prefix: 'staging' };
    const next = withBackups({ origin });
    expect(stackEnvironment(next, 'database-1').BACKUP_ORIGIN).toBe(
      's3:https://sfo3.digitaloceanspaces.com/older-backups/staging',
    );
    expect(next.resource.digitalocean_spaces_key['database-backups-key'].grant).toContainEqual({
      bucket: 'older-backups',
      permission: 'read',
    });
  });
});
