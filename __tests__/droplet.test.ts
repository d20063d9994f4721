import { EVERY_SETTING, type Json, stackEnvironment, synth, writtenFiles } from './synth';
import { evaluate, hasTerraform } from './terraform';

const withTerraform = hasTerraform ? test : test.skip;
const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';

const droplets = (json: Json): Record<string, Json> => json.resource.digitalocean_droplet;

describe('every droplet', () => {
  const all = Object.values(droplets(synth(EVERY_SETTING)));

  test('is monitored, in the VPC, tagged with the stack and its role', () => {
    for (const droplet of all) {
      const role = droplet.name.replace(/^staging-/, '').replace(/-\d+$/, '');
      expect(droplet).toMatchObject({
        monitoring: true,
        vpc_uuid: '${digitalocean_vpc.network-vpc.id}',
        tags: ['${digitalocean_tag.network-stack-tag.id}', `\${digitalocean_tag.network-${role}-tag.id}`],
      });
    }
  });

  test('has no agent that adds SSH keys, and time to stop in order', () => {
    for (const droplet of all) {
      expect(droplet).toMatchObject({
        droplet_agent: false,
        graceful_shutdown: true,
        timeouts: { delete: '10m' },
      });
    }
  });

  test('keeps its disk when it is resized, so that it can go back', () => {
    for (const droplet of all) {
      expect(droplet.resize_disk).toBe(false);
    }
  });

  test('has the SSH keys of the settings', () => {
    for (const droplet of all) {
      expect(droplet.ssh_keys).toEqual(EVERY_SETTING.ssh.keys);
    }
  });

  test('is replaced without a gap when it is stateless, and never shares its volume with a successor', () => {
    for (const droplet of all) {
      expect(droplet.lifecycle.create_before_destroy ?? false).toBe(droplet.volume_ids === undefined);
    }
    expect(all.filter((droplet) => droplet.volume_ids)).toHaveLength(1);
  });

  test('is not gone on with while DigitalOcean does not tell its private address', () => {
    for (const { name, lifecycle } of all) {
      expect(lifecycle.postcondition).toEqual([
        {
          condition: '${can(regex("[.]", self.ipv4_address_private))}',
          error_message: `DigitalOcean does not tell the private address of ${name} yet, so nothing leads to it. Deploy again.`,
        },
      ]);
    }
  });

  withTerraform(`is told apart by Terraform from one with an address${notRun}`, () => {
    const [{ condition }] = (all[0] as Json).lifecycle.postcondition;
    const of = (address: string) => condition.replace('self.ipv4_address_private', address);
    expect(evaluate({ address: of('"10.20.0.5"'), empty: of('""'), none: of('null') })).toEqual({
      address: true,
      empty: false,
      none: false,
    });
  });

  test('has the key of the deployment for root alone, by a reference to what is generated once', () => {
    const json = synth(EVERY_SETTING);
    for (const name of Object.keys(droplets(json))) {
      expect(writtenFiles(json, name).get('/etc/scale-up/secrets/log-key')).toEqual({
        path: '/etc/scale-up/secrets/log-key',
        permissions: '0600',
        content: '${random_password.log-key.result}\n',
      });
    }
    expect(json.resource.random_password['log-key']).toMatchObject({ length: 64, special: false });
  });

  test('is told its deployment in one file, the same for all but its name and maintenance time', () => {
    const json = synth();
    expect(stackEnvironment(json, 'web-1')).toEqual({
      NAME: 'production-web-1',
      DOMAIN: 'www.foobar.com',
      INTERNAL_DOMAIN: 'production.internal.foobar.com',
      VPC_RANGE: '10.20.0.0/20',
      MAINTENANCE_TIME: '00:02',
    });
  });
});

describe('a change in one tier', () => {
  const one = synth({ web: { count: 1 } });
  const five = synth({ web: { count: 5 } });

  test('changes no other droplet: scaling web from 1 to 5 leaves every droplet and its user_data as it was', () => {
    for (const [name, droplet] of Object.entries(droplets(one))) {
      expect(droplets(five)[name]).toEqual(droplet);
      const userData = `${name}-user-data`;
      expect(five.data.cloudinit_config[userData]).toEqual(one.data.cloudinit_config[userData]);
    }
    expect(five.locals).toEqual(one.locals);
  });

  test('changes no other droplet: no user_data refers to a droplet', () => {
    expect(JSON.stringify([five.data, five.locals])).not.toContain('digitalocean_droplet');
  });
});
