import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { type Json, synth, userData, writtenFiles } from '../../__tests__/synth';
import type { DropletFile } from '../../lib/droplet-file';
import type { Role } from '../../lib/role';
import { KINDS, type Kind } from '../hardening/control';
import { type LintRoot, lintRoot } from './lint-root';

/**
 * Every configuration file meets the program that will read it, in a root file system of the droplet's own release:
 * another release's HAProxy or systemd would be no judge. Debian's MySQL stands in for Ubuntu's.
 */
const BUILD_MINUTES = 6;
/** Makes systemd units of the files in /etc/containers/systemd. */
const QUADLET = '/usr/lib/systemd/system-generators/podman-system-generator';
const GENERATED = '/run/systemd/generator';
/** With HTTPS, for which a certificate has to be there, and without. */
const HAPROXY = ['on', 'off']
  .map(
    (tls) =>
      `/usr/local/sbin/scale-up-certificate first && TLS=${tls} haproxy -dW -Ws -c -f /etc/haproxy/haproxy.cfg`,
  )
  .join(' && ');
// As the unit does before a start.
const NGINX = 'mkdir -p /run/nginx && echo "listen $PRIVATE_IP:80;" > /run/nginx/listen.conf && nginx -t';
const APPLICATION_TEST = '/lint/application.py';
const NAME_SERVERS_TEST = '/lint/name_servers.py';
const canRun = process.platform === 'linux' && process.getuid?.() === 0;

/** In the place of those that Terraform makes. */
const [A_CERTIFICATE = ''] = rootCertificates;

/** What a droplet knows only once it runs. */
const AT_BOOT: Record<string, string> = {
  '/lint/run/addresses.env': 'DROPLET_ID=1\nPUBLIC_IP=127.0.0.1\nPRIVATE_IP=127.0.0.1\nANCHOR_IP=127.0.0.1\n',
  '/etc/hosts': '127.0.0.1 localhost app database\n',
};

/** The units that run as long as the droplet, and those of ours that come and go; how exposed systemd's judge may call them. */
const SANDBOXED: Record<Kind, [unit: string, level: number][]> = {
  'load-balancer': [
    ['haproxy.service', 2.5],
    ['scale-up-reserved-ip.service', 2.5],
    ['scale-up-certificate.service', 2.5],
    ['scale-up-haproxy-upkeep.service', 2.5],
    ['scale-up-names.service', 2.5],
    ['scale-up-addresses.service', 2.5],
    ['scale-up-page.service', 2.5],
  ],
  web: [['nginx.service', 2.5]],
  app: [['app.service', 2.5]],
  // Podman mounts, and changes owners: what pulls and starts containers is root as it is.
  container: [],
  database: [
    ['mysql.service', 4],
    ['scale-up-settings.service', 2.5],
  ],
};

function filesOf(json: Json, role: Role): DropletFile[] {
  const known = (content: string) =>
    content
      .replace(/\$\{base64encode\([\w.-]*\)\}/g, Buffer.from(A_CERTIFICATE).toString('base64'))
      .replace(/\$\{(?:digitalocean|random|var)[\w.-]*\}/g, '198.51.100.1');
  const parts = Object.entries(userData(json, `${role}-1`)).map(([name, content]) => ({
    path: `/lint/${name}.yaml`,
    content: known(content),
    permissions: '0644' as const,
  }));
  const atBoot = Object.entries(AT_BOOT).map(([path, content]) => ({
    path,
    content,
    permissions: '0644' as const,
  }));
  const written = [...writtenFiles(json, `${role}-1`).values()];
  const contentOf = ({ path, content }: DropletFile) =>
    path.endsWith('.pem') ? A_CERTIFICATE : known(content);
  return [...parts, ...atBoot, ...written.map((file) => ({ ...file, content: contentOf(file) }))];
}

(canRun ? describe : describe.skip).each(KINDS)('on a %s droplet (not run without root on Linux)', (kind) => {
  const role = kind === 'container' ? 'app' : kind;
  const json = synth(kind === 'container' ? { app: { image: 'registry.example.com/shop:1.4' } } : {});
  const files = filesOf(json, role);
  const matching = (pattern: RegExp) =>
    files.filter(({ content }) => pattern.test(content)).map(({ path }) => path);
  let root: LintRoot;

  beforeAll(async () => {
    const disk = files.map(
      ({ path, content, permissions }) => [path, { content, mode: Number.parseInt(permissions, 8) }] as const,
    );
    const test = readFileSync(join(__dirname, '../../__tests__/sample-app/application.py'), 'utf8');
    const nameServers = readFileSync(join(__dirname, 'name_servers.py'), 'utf8');
    const image = role === 'database' ? 'ubuntu-24-04-x64' : 'debian-13-x64';
    const tests = [
      [APPLICATION_TEST, { content: test, mode: 0o644 }],
      [NAME_SERVERS_TEST, { content: nameServers, mode: 0o644 }],
    ] as const;
    root = await lintRoot(image, new Map([...disk, ...tests]));
  }, BUILD_MINUTES * 60_000);

  afterAll(() => root?.close());

  /** Runs a linter with the environment that the droplet's units have. */
  async function accepts(...command: string[]): Promise<void> {
    const environment = ['/etc/scale-up/stack.env', '/run/scale-up/addresses.env'];
    if (kind === 'app') {
      environment.push('/etc/scale-up/secrets/app.env');
    }
    const script = `cp -r /lint/run /run/scale-up; set -a; ${environment.map((file) => `. ${file}; `).join('')}exec "$@"`;
    const { status, output } = await root.run(['sh', '-c', script, 'sh', ...command]);
    expect(status === 0 ? 'accepted' : output).toBe('accepted');
  }

  test('cloud-init knows every key of each part', async () => {
    for (const part of Object.keys(userData(json, `${role}-1`))) {
      await accepts('cloud-init', 'schema', '--config-file', `/lint/${part}.yaml`);
    }
  });

  test('apt has every package of the lists, and finds that they go together', async () => {
    await accepts(
      'sh',
      '-c',
      "sed 's/#.*//' /etc/scale-up/packages.d/* | xargs apt-get --quiet --simulate install",
    );
  });

  test('shellcheck has nothing to say about the scripts', async () => {
    const scripts = matching(/^#!\/bin\/(ba)?sh/);
    await accepts('shellcheck', ...scripts, '/etc/scale-up/stack.env', '--shell=bash', '--exclude=SC2034');
  });

  test('Python compiles the programs', async () => {
    const programs = [
      ...matching(/^#!\/usr\/bin\/python3/),
      ...files.map(({ path }) => path).filter((path) => path.endsWith('.py')),
    ];
    await accepts('python3', '-m', 'py_compile', ...programs);
  });

  test('systemd verifies the units', async () => {
    const units = files
      .map(({ path }) => path)
      .filter((path) => /^\/etc\/systemd\/system\/[^/]+$/.test(path));
    const daemons: Record<Kind, string> = {
      'load-balancer': 'haproxy.service',
      web: 'nginx.service',
      app: 'app.service',
      container: `${GENERATED}/app@.service`,
      database: 'mysql.service',
    };
    const generate = `mkdir -p ${GENERATED} && { [ ! -x ${QUADLET} ] || ${QUADLET} ${GENERATED}; } && exec "$@"`;
    const verify = ['systemd-analyze', '--man=no', 'verify', ...units, daemons[kind]];
    await accepts('sh', '-c', generate, 'sh', ...verify);
  });

  test('nftables accepts the rules that close the metadata address, once the user they name exists', async () => {
    await accepts(
      'sh',
      '-c',
      'systemd-sysusers /etc/sysusers.d/do-agent.conf && nft --check --file /etc/nftables.conf',
    );
  });

  test('sshd accepts its settings', async () => {
    await accepts('sh', '-c', 'mkdir -p /run/sshd && ssh-keygen -A && /usr/sbin/sshd -t');
  });

  const own: Record<Kind, [string, string[]]> = {
    'load-balancer': ['HAProxy', ['sh', '-c', HAPROXY]],
    web: ['Nginx', ['sh', '-c', NGINX]],
    app: ['gunicorn', ['gunicorn', '--check-config', '--chdir', '/opt/app', 'app:create_application()']],
    container: ['podman', [QUADLET, '--dryrun']],
    database: ['mysqld', ['mysqld', '--validate-config']],
  };
  const [program, command] = own[kind];

  test(`${program} accepts its configuration`, async () => {
    await accepts(...command);
  });

  if (kind === 'app') {
    test('the sample application refuses what it must, and says so while its database is away', async () => {
      await accepts('python3', '-B', APPLICATION_TEST);
    });
  }

  if (kind === 'load-balancer') {
    test('HAProxy rests after its name servers were silent, and keeps connections for its questions to them', async () => {
      await accepts('python3', '-B', NAME_SERVERS_TEST);
    });
  }

  for (const [unit, level] of SANDBOXED[kind]) {
    test(`${unit} is in a sandbox that systemd's judge calls at most ${level} of 10 exposed`, async () => {
      await accepts(
        'systemd-analyze',
        'security',
        '--no-pager',
        '--offline=true',
        `--threshold=${level * 10}`,
        unit,
      );
    });
  }
});
