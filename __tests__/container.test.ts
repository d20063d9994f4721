import { parseSettings, type SettingsInput, warnings } from '../lib/settings';
import { UserError } from '../lib/user-error';
import { stackEnvironment, synth, writtenFiles } from './synth';

const domain = 'www.foobar.com';
const image = 'registry.example.com/shop:1.4';
const app = (container: SettingsInput['app'], droplet = 'app-1') => {
  const json = synth({ app: container });
  return { json, environment: stackEnvironment(json, droplet), files: writtenFiles(json, droplet) };
};

function mistakes(container: object): readonly string[] {
  try {
    parseSettings({ domain, app: container });
  } catch (error) {
    if (error instanceof UserError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('an app with an image', () => {
  test('runs it on every app droplet, beside what the settings say of it', () => {
    const { json } = app({ count: 2, image, env: { SHOP_NAME: 'Shop' } });
    for (const droplet of ['app-1', 'app-2']) {
      expect(stackEnvironment(json, droplet)).toMatchObject({
        APP_REPOSITORY: 'registry.example.com/shop',
        APP_READ_ONLY: 'true',
      });
      expect(writtenFiles(json, droplet).get('/etc/scale-up/secrets/app.env')?.content).toContain(
        'SHOP_NAME=Shop\n',
      );
    }
  });

  test.each([
    [true, 'https'],
    [false, 'http'],
  ])('is asked for its health as visitors ask, with tls %s by %s', (tls, scheme) => {
    const json = synth({ tls, app: { image } });
    for (const droplet of ['app-1', 'load-balancer-1']) {
      expect(stackEnvironment(json, droplet)).toMatchObject({ SCHEME: scheme, DOMAIN: domain });
    }
    const checks = writtenFiles(json, 'load-balancer-1').get('/etc/haproxy/haproxy.cfg')?.content ?? '';
    const sent = checks.match(/http-check send .*/g) ?? [];
    expect(sent).toHaveLength(2);
    for (const line of sent) {
      expect(line).toContain('hdr X-Forwarded-Proto "${SCHEME}"');
      for (const name of ['Host', 'X-Forwarded-Host']) expect(line).toContain(`hdr ${name} "\${DOMAIN}"`);
    }
  });

  test('gets its whole environment in one file for root alone: the database, plain values, secrets by reference', () => {
    const { files, json } = app({ image, env: { SHOP_NAME: 'The ${shop 100%{' }, secrets: ['STRIPE_KEY'] });
    const file = files.get('/etc/scale-up/secrets/app.env');
    expect(file?.permissions).toBe('0600');
    const lines = file?.content.split('\n') ?? [];
    expect(lines[0]).toMatch(/^DATABASE_URL=mysql:/);
    expect(JSON.stringify(json)).toContain('SHOP_NAME=The $${shop 100%%{\\n');
    expect(lines.slice(-3)).toEqual(['STRIPE_KEY=${var.STRIPE_KEY}', 'SHOP_NAME=The ${shop 100%{', '']);
  });

  test('has its secrets as sensitive variables of one line, and no value of them anywhere', () => {
    const { json } = app({ image, secrets: ['STRIPE_KEY'], registry: { username: 'deploy' } });
    for (const name of ['STRIPE_KEY', 'registry_password']) {
      expect(json.variable[name]).toMatchObject({ type: 'string', sensitive: true, nullable: false });
      expect(json.variable[name]).not.toHaveProperty('default');
      expect(json.variable[name].validation[0].condition).toBe(`\${can(regex("^[ -~]+$", var.${name}))}`);
    }
    expect(app({ image }).json.variable).not.toHaveProperty('registry_password');
  });

  test('of a private registry is pulled with a user, and a password from a variable', () => {
    const { files } = app({ image, registry: { username: 'robot$shop' } });
    expect(files.get('/etc/scale-up/secrets/registry')).toMatchObject({
      permissions: '0600',
      content: 'robot$shop\n${var.registry_password}\n',
    });
    expect([...app({ image }).files.keys()]).not.toContain('/etc/scale-up/secrets/registry');
  });

  test('may reach a registry on a port of its own, and no other role may', () => {
    const ports = (json: ReturnType<typeof synth>, role: string) =>
      json.resource.digitalocean_firewall[`firewall-${role}`].outbound_rule.map(
        ({ port_range }: { port_range: string }) => port_range,
      );
    const { json } = app({ image: 'registry.example.com:5000/shop:1.4' });
    expect(ports(json, 'app')).toContain('5000');
    expect(ports(json, 'web')).not.toContain('5000');
    expect(ports(app({ image }).json, 'app')).toEqual(ports(synth(), 'app'));
  });
});

describe('the settings of a container', () => {
  test('keep a short name as Docker Hub understands it', () => {
    expect(parseSettings({ domain, app: { image: 'caddy:2.8' } }).app.image).toBe(
      'docker.io/library/caddy:2.8',
    );
  });

  test.each([
    [
      'registry.example.com/Shop:1.4',
      'is not the image of a container; one looks like registry.example.com/shop:1.4',
    ],
    [
      'registry.example.com/shop',
      'names no release, and what is the latest one changes unseen; add a tag, as in registry.example.com/shop:1.4, or a digest',
    ],
    [
      'debian-13-x64',
      'is the image of a droplet, which app.dropletImage sets; that of a container looks like registry.example.com/shop:1.4',
    ],
  ])('refuse the image %s with one sentence', (wrong, sentence) => {
    expect(mistakes({ image: wrong })).toEqual([`app.image: "${wrong}" ${sentence}`]);
  });

  test('refuse every wrong name and value of the environment at once', () => {
    const env = {
      PORT: '3000',
      DATABASE_URL: 'x',
      'SHOP-NAME': 'x',
      GREETING: 'Gr\u00fc\u00dfe',
      LINES: 'a\nb',
    };
    expect(mistakes({ image, env: { ...env, N: 4 } })).toEqual(['app.env.N: 4 is not a string']);
    expect(mistakes({ image, env })).toEqual([
      'app.env.PORT: "3000" is set by the stack itself, as are PORT and all names that begin with DATABASE_',
      'app.env.DATABASE_URL: "x" is set by the stack itself, as are PORT and all names that begin with DATABASE_',
      'app.env.SHOP-NAME: "x" has a name that an environment variable can not have; one looks like SHOP_NAME',
      expect.stringMatching(/^app\.env\.GREETING: .* is not printable ASCII/),
      expect.stringMatching(/^app\.env\.LINES: "a\\nb" holds a line end /),
    ]);
  });

  test('refuse a secret among the plain values, without repeating it', () => {
    expect(mistakes({ image, env: { STRIPE_API_KEY: 'sk_live_123456' } })).toEqual([
      'app.env.STRIPE_API_KEY: its value is a secret by its name, and would be in the synthesized JSON; move the name to app.secrets',
    ]);
  });

  test("refuse names of secrets that are none, are the stack's own or are there twice", () => {
    expect(mistakes({ image, secrets: ['stripe', 'DATABASE_PASSWORD'] })).toEqual([
      'app.secrets[0]: "stripe" is not the name of a secret; one looks like STRIPE_KEY: capitals, digits and underscores',
      expect.stringMatching(/^app\.secrets\[1\]: "DATABASE_PASSWORD" is set by the stack itself/),
    ]);
    expect(mistakes({ image, env: { A: 'x' }, secrets: ['B', 'B', 'A'] })).toEqual([
      'app.secrets[1]: "B" is named twice; a name is in env or in secrets, once',
      'app.secrets[2]: "A" is named twice; a name is in env or in secrets, once',
    ]);
  });

  test('refuse what is for a container when there is none', () => {
    expect(
      mistakes({ env: { A: 'x' }, secrets: ['B'], registry: { username: 'deploy' }, readOnly: false }),
    ).toEqual(
      ['env', 'secrets', 'registry', 'readOnly'].map((key) =>
        expect.stringMatching(
          new RegExp(`^app\\.${key}: .* is for a container and there is none; set app\\.image`),
        ),
      ),
    );
  });

  test('refuse a registry user that no header can carry', () => {
    expect(mistakes({ image, registry: { username: 'a:b' } })).toEqual([
      'app.registry.username: "a:b" is not the name of a user of a registry; one looks like deploy, without spaces, colons and braces',
    ]);
  });

  test('refuse a container on Debian 12', () => {
    const dropletImage = 'debian-12-x64';
    expect(mistakes({ image, dropletImage })).toEqual([
      `app.dropletImage: "${dropletImage}" has a podman that is too old to run app.image; that of debian-13-x64 is not`,
    ]);
    expect(mistakes({ dropletImage })).toEqual([]);
  });

  test('name dropletImage to who looks for the image of a droplet', () => {
    expect(() => parseSettings({ domain, web: { image: 'debian-13-x64' } })).toThrow(
      'web.image: is not a setting; did you mean web.dropletImage?',
    );
  });

  test('name the nearest key of a registry', () => {
    expect(mistakes({ image, registry: { usernam: 'deploy' } })).toContain(
      'app.registry.usernam: is not a setting; did you mean app.registry.username?',
    );
  });

  test('warn of the tag latest', () => {
    const latest = parseSettings({ domain, app: { image: 'registry.example.com/shop:latest' } });
    expect(warnings(latest)).toContainEqual(expect.stringMatching(/^app\.image: the tag latest /));
    expect(warnings(parseSettings({ domain, app: { image } })).join()).not.toContain('app.image');
  });
});
