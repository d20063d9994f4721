import { parseSettings, warnings } from '../lib/settings';
import { UserError } from '../lib/user-error';
import { EVERY_SETTING } from './synth';

function mistakes(settings: unknown): readonly string[] {
  try {
    parseSettings(settings);
  } catch (error) {
    if (error instanceof UserError) {
      return error.mistakes;
    }
    throw error;
  }
  return [];
}

const domain = 'www.foobar.com';

describe('settings', () => {
  test('need only a domain, and take the zone from it', () => {
    expect(parseSettings({ domain })).toMatchObject({
      zone: 'foobar.com',
      prefix: 'production',
      web: { count: 1 },
      app: { count: 1 },
      database: { dropletImage: 'ubuntu-24-04-x64' },
      deletionProtection: true,
    });
  });

  test('keep every value that is given', () => {
    expect(parseSettings(EVERY_SETTING)).toEqual(EVERY_SETTING);
  });

  test('report every mistake at once, with its path, what it got and what would be right', () => {
    expect(
      mistakes({
        domain: 'foobar',
        region: 'mars1',
        web: { count: 0 },
        app: { count: 101 },
        database: { volumeSize: 2.5 },
        ssh: { cidrs: ['0.0.0.0/0'] },
        alerts: { emails: ['nobody'] },
        vpcRange: '10.20.0.1/20',
      }),
    ).toEqual([
      'domain: "foobar" is not a domain name; one looks like www.foobar.com, in small letters and without a final dot',
      'region: "mars1" is not a DigitalOcean region slug; one looks like nyc3 or fra1',
      expect.stringMatching(
        /^vpcRange: "10\.20\.0\.1\/20" is not a usable VPC range; one looks like 10\.20\.0\.0\/20/,
      ),
      'web.count: 0 is too small; the least is 1',
      'app.count: 101 is too big; the most is 100',
      'database.volumeSize: 2.5 is not a whole number',
      expect.stringMatching(
        /^ssh\.cidrs\[0\]: "0\.0\.0\.0\/0" is not a network that SSH may be opened to; one looks like/,
      ),
      'alerts.emails[0]: "nobody" is not an e-mail address; one looks like ops@foobar.com',
    ]);
  });

  test('call an unknown key a mistake and name the nearest known one', () => {
    expect(mistakes({ domain, regoin: 'fra1', web: { cuont: 2 }, app: { file: 'x' } })).toEqual([
      'web.cuont: is not a setting; did you mean web.count?',
      'app.file: is not a setting; did you mean app.files?',
      'regoin: is not a setting; did you mean region?',
    ]);
  });

  test('name what there is where no known key is near an unknown one', () => {
    expect(
      mistakes({
        domain,
        loadBalancer: { count: 3 },
        tls: { enabled: false },
        database: { kind: 'managed' },
      }),
    ).toEqual([
      'loadBalancer.count: is not a setting; loadBalancer has size, dropletImage, files',
      'database.kind: is not a setting; database has size, dropletImage, volumeSize, revision, files, backups',
      'tls.enabled: is not a setting; tls has directory, caaIdentity, contact, hstsAge',
    ]);
    expect(mistakes({ domain, password: 'x' })).toEqual([
      expect.stringMatching(/^password: is not a setting; has domain, zone, /),
    ]);
  });

  test('switch HTTPS off, on, or say how, and name what is wrong within it', () => {
    const tls = (value: unknown) => parseSettings({ domain, tls: value }).tls;
    expect(tls(false)).toBe(false);
    expect(tls(true)).toEqual(tls(undefined));
    expect(tls({ hstsAge: 0 })).toMatchObject({ hstsAge: 0, caaIdentity: 'letsencrypt.org' });
    expect(mistakes({ domain, tls: 'yes' })).toEqual([
      'tls: "yes" is neither true, false nor an object such as { contact: "ops@foobar.com" }',
    ]);
    expect(mistakes({ domain, tls: { contct: 'a@b.de', directory: 'http://ca/', hstsAge: -1 } })).toEqual([
      expect.stringMatching(/^tls\.directory: "http:\/\/ca\/" is not the URL of a certificate authority/),
      'tls.hstsAge: -1 is too small; the least is 0',
      'tls.contct: is not a setting; did you mean tls.contact?',
    ]);
  });

  test('say what is wrong with a bucket for backups, or that something of it is missing', () => {
    const backups = (value: unknown) => mistakes({ domain, database: { backups: value } });
    expect(backups({ bucket: 'foobar-backups' })).toEqual([]);
    expect(backups({})).toEqual(['database.backups.bucket: is missing; it needs a string']);
    expect(backups({ bucket: 'Foobar_backups', region: 'nyc1', retentionDays: 0 })).toEqual([
      expect.stringMatching(
        /^database\.backups\.bucket: "Foobar_backups" is not the name of a bucket; one looks like/,
      ),
      'database.backups.region: "nyc1" has no Spaces; nyc3 and fra1 have',
      'database.backups.retentionDays: 0 is too small; the least is 2',
    ]);
    expect(backups({ bucket: 'copies', endpoint: 's3.example.com' })).toEqual([
      expect.stringMatching(
        /^database\.backups\.endpoint: "s3\.example\.com" is not the address of an S3 server/,
      ),
    ]);
    expect(backups({ bucket: 'copies', region: 'fra1', endpoint: 'https://s3.example.com' })).toEqual([
      'database.backups.region: "fra1" is that of a bucket in Spaces, and endpoint names another server; leave one of the two out',
    ]);
  });

  test('refuse the own copies as those that a stack begins with: a new one has none, and would wait for them', () => {
    const begin = (prefix: string) =>
      mistakes({
        domain,
        prefix,
        database: { backups: { bucket: 'copies', origin: { bucket: 'copies', prefix: 'west' } } },
      });
    expect(begin('east')).toEqual([]);
    expect(begin('west')).toEqual([
      "database.backups.origin: { bucket: 'copies', prefix: 'west' } is where this stack has its own copies, of which a new one has none; it names another stack, or is left out",
    ]);
  });

  test('say that the domain is missing', () => {
    expect(mistakes({})).toEqual(['domain: is missing; it needs a string']);
    expect(mistakes(undefined)).toEqual(['settings: is missing; it needs an object']);
  });

  test('refuse a bare domain, whose zone would be a top-level domain', () => {
    expect(mistakes({ domain: 'foobar.com' })).toEqual([
      'domain: "foobar.com" leaves "com" as the DNS zone; use a name such as www.foobar.com, or set zone',
    ]);
    expect(mistakes({ domain: 'foobar.com', zone: 'foobar.com' })).toEqual([]);
  });

  test('refuse a zone that does not contain the domain, also beside another mistake', () => {
    expect(mistakes({ domain, zone: 'bar.com', region: 'mars1' })).toEqual([
      'region: "mars1" is not a DigitalOcean region slug; one looks like nyc3 or fra1',
      'zone: "bar.com" does not contain the domain www.foobar.com; it would be the end of that name',
    ]);
  });

  test('refuse more droplets than the VPC has addresses for while a change replaces them', () => {
    expect(mistakes({ domain, vpcRange: '10.1.0.0/28', web: { count: 2 } })).toEqual([
      'vpcRange: "10.1.0.0/28" has room for 10 droplets, not for the 11 that there are while a change replaces them; a /20 has room for 4,090',
    ]);
    expect(mistakes({ domain, vpcRange: '10.1.0.0/28' })).toEqual([]);
    expect(mistakes({ domain, vpcRange: '10.1.0.0/27', web: { count: 2 } })).toEqual([]);
  });

  test("accept a prefix that ends like a role: its tag is not that of another stack's role", () => {
    expect(mistakes({ domain, prefix: 'production-web' })).toEqual([]);
  });

  test.each(['debian-12-x64', 'ubuntu-24-04-x64'])('refuse load balancers on %s', (dropletImage) => {
    expect(mistakes({ domain, loadBalancer: { dropletImage } })).toEqual([
      `loadBalancer.dropletImage: "${dropletImage}" packages an HAProxy older than 3.0; debian-13-x64 is the first Debian that has it, ubuntu-25-04-x64 the first Ubuntu`,
    ]);
  });

  test.each(['debian-11-x64', 'ubuntu-22-04-x64'])(
    'refuse %s, on which our programs do not run',
    (dropletImage) => {
      for (const role of ['web', 'app']) {
        expect(mistakes({ domain, [role]: { dropletImage } })).toEqual([
          `${role}.dropletImage: "${dropletImage}" is too old for what runs on it, which needs Python 3.11 and Nginx 1.20; debian-12-x64 is the first Debian that has both, ubuntu-24-04-x64 the first Ubuntu`,
        ]);
      }
    },
  );

  test('refuse an image without MySQL and a size too small for it', () => {
    expect(
      mistakes({ domain, database: { dropletImage: 'debian-13-x64', size: 's-1vcpu-512mb-10gb' } }),
    ).toEqual([
      'database.size: "s-1vcpu-512mb-10gb" is too small for MySQL; the smallest that fits is s-1vcpu-1gb',
      'database.dropletImage: "debian-13-x64" has no MySQL server among its packages; ubuntu-24-04-x64 has',
    ]);
  });

  test.each([
    ['region', 'FRA1'],
    ['prefix', 'Production'],
    ['prefix', 'a'.repeat(31)],
    ['vpcRange', '8.8.8.0/24'],
    ['vpcRange', '10.244.16.0/20'],
    ['vpcRange', '10.0.0.0/8'],
    ['vpcRange', 'fd00::/64'],
    ['domain', 'www.foobar.com.'],
    ['domain', 'www.foo bar.com'],
    ['domain', 'www.${foobar}.com'],
    ['domain', `${'a'.repeat(64)}.foobar.com`],
  ])('refuse %s %j', (key, value) => {
    expect(mistakes({ domain, [key]: value })).toHaveLength(1);
  });

  test('refuse a domain that leaves no room for the names that are made below it', () => {
    const long = (length: number) => `${'a.'.repeat((length - 4) / 2)}test`;
    expect(mistakes({ domain: long(226), zone: 'a.test' })).toEqual([]);
    expect(mistakes({ domain: long(228), zone: 'a.test' })).toEqual([
      expect.stringMatching(
        /^domain: .* makes the longest name below it 255 characters long; DNS allows 253$/,
      ),
    ]);
  });

  test.each(['s-nope', 'large', 's-1vcpu', 'S-1vcpu-1gb', ''])('refuse the droplet size %j', (size) => {
    expect(mistakes({ domain, web: { size } })).toEqual([
      `web.size: "${size}" is not a DigitalOcean droplet size slug; one looks like s-1vcpu-1gb or g-2vcpu-8gb`,
    ]);
  });

  test.each([
    's-1vcpu-1gb',
    's-2vcpu-4gb-amd',
    's-1vcpu-1gb-35gb-intel',
    'g-2vcpu-8gb',
    'c-4',
    'c2-2vcpu-4gb',
    'so1_5-2vcpu-16gb',
  ])('accept the droplet size %j', (size) => {
    expect(mistakes({ domain, web: { size } })).toEqual([]);
  });
});

describe('warnings', () => {
  test('name the choices that cost a rebuild or a surprise later', () => {
    expect(warnings(parseSettings({ domain }))).toEqual([
      expect.stringMatching(/^ssh\.keys: .*replaces every droplet/),
      expect.stringMatching(/^alerts\.emails: /),
      expect.stringMatching(/^database\.backups: .*lost data/),
    ]);
  });

  test('name a size that has the form of one and is not known', () => {
    expect(warnings(parseSettings({ ...EVERY_SETTING, web: { size: 's-3vcpu-7gb' } }))).toEqual([
      expect.stringMatching(
        /^web\.size: s-3vcpu-7gb is none of the sizes that are known here \(November 2026\); `npm run check` asks/,
      ),
    ]);
  });

  test('name a CAA record by which the authority that is asked may issue nothing', () => {
    const about = (tls: object) => warnings(parseSettings({ ...EVERY_SETTING, tls }));
    const directory = 'https://acme.zerossl.com/v2/DV90';
    expect(about({ directory })).toEqual([
      'tls.caaIdentity: is letsencrypt.org, and acme.zerossl.com is another authority, which issues nothing while the CAA record does not name it',
    ]);
    expect(about({ directory, caaIdentity: 'sectigo.com' })).toEqual([]);
    expect(about({ directory: 'https://acme-staging-v02.api.letsencrypt.org/directory' })).toEqual([]);
  });

  test('are silent when keys and addresses are set', () => {
    expect(warnings(parseSettings(EVERY_SETTING))).toEqual([]);
  });
});
