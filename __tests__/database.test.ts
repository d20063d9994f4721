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
    expect(digitalocean_droplet['database-1'].volume_ids).toEqual([
      '${digitalocean_volume.database-volume.id}',
    ]);
    expect(digitalocean_droplet).not.toHaveProperty('database-2');
  });

  test('keeps its volume when the stack is destroyed, until the setting lifts that', () => {
    const lifecycle = (stack: typeof json) => stack.resource.digitalocean_volume['database-volume'].lifecycle;
    expect(lifecycle(json)).toEqual({ prevent_destroy: true });
    expect(lifecycle(synth(EVERY_SETTING))).toEqual({ prevent_destroy: false });
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
});
