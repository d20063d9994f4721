import fc from 'fast-check';
import { parseSettings, type SettingsInput } from '../lib/settings';
import { UserError } from '../lib/user-error';
import { EVERY_SETTING, type Json, stackEnvironment, synth, writtenFiles } from './synth';

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const droplet = {
  size: fc.constantFrom('s-1vcpu-1gb', 's-2vcpu-4gb-amd', 'c-2', 'g-2vcpu-8gb'),
  dropletImage: fc.constantFrom('debian-13-x64', 'ubuntu-24-04-x64'),
};
const count = fc.integer({ min: 1, max: 5 });
const printable = fc.stringMatching(/^[ -~]{0,20}$/);
const container = fc.record(
  {
    image: fc.constantFrom(
      'shop:1',
      'registry.example.com/shop:1.4',
      `ghcr.io/me/shop@sha256:${'0'.repeat(64)}`,
    ),
    env: fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,10}$/), printable, { maxKeys: 3 }),
    secrets: fc.uniqueArray(fc.stringMatching(/^[A-Z][A-Z0-9]{0,10}KEY$/), { maxLength: 2 }),
    registry: fc.record({ username: fc.stringMatching(/^[a-z$+]{1,20}$/) }),
    readOnly: fc.boolean(),
  },
  { requiredKeys: ['image'] },
);
const octet = fc.integer({ min: 0, max: 255 });

const validSettings: fc.Arbitrary<SettingsInput> = fc.record(
  {
    domain: fc.tuple(label, label).map(([host, name]) => `${host}.${name}.com`),
    zoneExists: fc.boolean(),
    prefix: label,
    region: fc.constantFrom('nyc3', 'fra1', 'sgp1'),
    vpcRange: fc.tuple(fc.integer({ min: 20, max: 200 }), octet).map(([a, b]) => `10.${a}.${b}.0/24`),
    loadBalancer: fc.record(
      { ...droplet, dropletImage: fc.constantFrom('debian-13-x64', 'ubuntu-26-04-x64') },
      { requiredKeys: [] },
    ),
    web: fc.record({ count, ...droplet }, { requiredKeys: [] }),
    app: fc
      .tuple(fc.record({ count, ...droplet }, { requiredKeys: [] }), fc.oneof(fc.constant({}), container))
      .map(([droplets, image]) => ({ ...droplets, ...image })),
    database: fc.record(
      {
        size: droplet.size,
        dropletImage: fc.constant('ubuntu-24-04-x64'),
        volumeSize: fc.integer({ min: 1, max: 16_384 }),
      },
      { requiredKeys: [] },
    ),
    ssh: fc.record(
      {
        keys: fc.array(fc.integer({ min: 1 }).map(String), { maxLength: 3 }),
        cidrs: fc.array(
          fc.tuple(octet, octet).map(([a, b]) => `203.${a}.${b}.0/24`),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    ),
    alerts: fc.record({
      emails: fc.array(
        label.map((name) => `${name}@foobar.com`),
        { maxLength: 2 },
      ),
    }),
    deletionProtection: fc.boolean(),
  },
  { requiredKeys: ['domain'] },
);

const droplets = (json: Json): [string, Json][] => Object.entries(json.resource.digitalocean_droplet);

describe('any valid settings', () => {
  test('synthesize, pass every policy and hold the invariants', () => {
    fc.assert(
      fc.property(validSettings, (settings) => {
        const json = synth(settings);
        expect(droplets(json)).toHaveLength(3 + (settings.web?.count ?? 1) + (settings.app?.count ?? 1));
        for (const [name, block] of droplets(json)) {
          expect(block).toMatchObject({ monitoring: true, droplet_agent: false, graceful_shutdown: true });
          expect(block.vpc_uuid).toBe('${digitalocean_vpc.network-vpc.id}');
          expect(block.tags).toHaveLength(2);
          expect(stackEnvironment(json, name).NAME).toBe(block.name);
        }
        const environment = writtenFiles(json, 'app-1').get('/etc/scale-up/secrets/app.env')?.content;
        for (const [name, value] of Object.entries(settings.app?.env ?? {})) {
          expect(environment).toContain(`\n${name}=${value}\n`);
        }
        const times = droplets(json).map(([name]) => stackEnvironment(json, name).MAINTENANCE_TIME);
        expect(new Set(times).size).toBe(times.length);
        expect(json.resource.digitalocean_reserved_ip['reserved-ip'].droplet_id).toBeUndefined();
        expect(json.resource).not.toHaveProperty('digitalocean_reserved_ip_assignment');
      }),
      { numRuns: 25 },
    );
  });
});

describe('any invalid settings', () => {
  const sentence = /^[\w.[\]-]+: .+/;
  const isReported = (settings: unknown) => {
    try {
      parseSettings(settings);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      for (const mistake of (error as UserError).mistakes) {
        expect(mistake).not.toContain('\n');
        expect(mistake).toMatch(/^.+: .+/);
      }
    }
  };

  test('of whatever shape give sentences, never a crash', () => {
    fc.assert(fc.property(fc.anything(), isReported), { numRuns: 500 });
  });

  test('with one value replaced by rubbish give sentences that name the setting', () => {
    const keys = Object.keys(EVERY_SETTING).filter((key) => key !== 'zone');
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.anything(), (key, rubbish) => {
        isReported({ ...EVERY_SETTING, [key]: rubbish });
        fc.pre(rubbish !== undefined && typeof rubbish !== 'boolean' && typeof rubbish !== 'object');
        try {
          parseSettings({ ...EVERY_SETTING, [key]: rubbish });
        } catch (error) {
          const [first = ''] = (error as UserError).mistakes;
          expect(first).toMatch(sentence);
          expect(first.startsWith(`${key}:`) || first.startsWith('zone:')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
