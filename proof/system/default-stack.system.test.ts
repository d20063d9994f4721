import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent } from 'node:https';
import { synth, userData } from '../../__tests__/synth';
import { stateOf } from '../../lab/droplet/state-paths';
import { remains } from '../../lab/instance/down';
import { runtimeOf } from '../../lab/instance/runtime-paths';
import { askSite } from '../../lab/stack/site';
import { declaredPassages, passages, somePorts } from '../reachability/reachability';
import { doors } from './doors';
import { unhardened } from './hardening';
import { leaks } from './leak';
import { eventually, TestLab, troubledUnits } from './test-lab';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 180;

/** Seconds since a droplet's process 1 began. */
const UPTIME = ['ps', '--no-headers', '--format', 'etimes', '1'];

describe('a lab of the default stack', () => {
  let lab: TestLab;

  beforeAll(async () => {
    lab = await TestLab.start('default-stack-test');
  }, 12 * MINUTE);

  afterAll(() => lab?.end(), MINUTE);

  const passed = async (randomPorts: number) =>
    (await passages(lab.name, await somePorts(lab.name, randomPorts))).passages;

  test('answers through DNS, Reserved IP, HAProxy, Nginx, app and MySQL, and reads back what it wrote', async () => {
    const written = await lab.write('a note');
    expect(written.status).toBe(201);
    const { id } = JSON.parse(written.text) as { id: number };
    expect(JSON.parse((await lab.get(`/notes/${id}`)).text)).toMatchObject({
      text: 'a note',
      droplet: 'production-app-1',
    });
  });

  test('serves static files from Nginx without touching the app', async () => {
    const file = await lab.get('/static/home.css');
    expect(file.status).toBe(200);
    expect(file.headers['x-served-by']).toBeUndefined();
    expect((await lab.get('/')).headers['x-served-by']).toBe('production-app-1');
  });

  test("keeps small files in the load balancer's memory, compressed, for those who take that", async () => {
    const gzip = { 'accept-encoding': 'gzip' };
    const first = await lab.get('/static/home.css', gzip);
    const second = await lab.get('/static/home.css', gzip);
    expect(second.headers).toMatchObject({ age: expect.any(String), 'content-encoding': 'gzip' });
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    const plain = await lab.get('/static/home.css');
    expect(plain.headers.age).toBeUndefined();
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('keeps nothing in memory that does not call itself public, whatever its path looks like', async () => {
    const web = await lab.droplet('web-1');
    const page = '/var/www/html/page.html';
    expect((await lab.exec(web, ['sh', '-c', `umask 022; echo A page > ${page}`])).status).toBe(0);
    for (let i = 0; i < 2; i++) {
      // To HAProxy it is below /static/, to Nginx it is not.
      const answer = await lab.get('/static/..%2fpage.html', { 'accept-encoding': 'gzip' });
      expect(answer).toMatchObject({ status: 200, text: 'A page\n' });
      expect(answer.headers.age).toBeUndefined();
    }
    await lab.exec(web, ['rm', page]);
  });

  test('verifies the database: its certificate is by the authority of the stack, and for its name', async () => {
    const app = await lab.droplet('app-1');
    const connect = async (change: string) => {
      const python = [
        'import os, ssl, pymysql',
        'it = {k: v for k, _, v in (line.strip().partition("=") for line in open("/etc/scale-up/secrets/app.env"))}',
        'host, ca = it["DATABASE_HOST"], it["DATABASE_CA"]',
        change,
        'context = ssl.create_default_context(cafile=ca)',
        'pymysql.connect(host=host, user="app", password=it["DATABASE_PASSWORD"], database="app", ssl=context)',
        'print("verified")',
      ];
      const { stdout, stderr } = await lab.exec(app, ['python3', '-c', python.join('\n')]);
      return stdout.trim() || stderr;
    };
    expect(await connect('')).toBe('verified');
    expect(await connect('ca = "/etc/ssl/certs/ca-certificates.crt"')).toMatch(/certificate verify failed/);
    expect(await connect('import socket; host = socket.gethostbyname(host)')).toMatch(/mismatch/);
  });

  test('ends connections to the database whose droplet vanished within a minute, and sooner none that are idle', async () => {
    const database = await lab.droplet('database-1');
    const held = await lab.exec(database, ['ss', '-Htno', 'state', 'established', 'sport = :3306']);
    expect(held.stdout).toMatch(/timer:\(keepalive,/);
    const seconds = ['time', 'intvl', 'probes'].map((name) => `/proc/sys/net/ipv4/tcp_keepalive_${name}`);
    expect((await lab.exec(database, ['cat', ...seconds])).stdout.split('\n').slice(0, 3)).toEqual([
      '30',
      '10',
      '3',
    ]);
    const timeout = ['mysql', '--batch', '--skip-column-names', '--execute=SELECT @@GLOBAL.wait_timeout'];
    expect(Number((await lab.exec(database, timeout)).stdout)).toBeGreaterThan(1800);
  });

  test('has set up every droplet by cloud-init', async () => {
    expect(distinct(await lab.everywhere('cloud-init', 'status', '--wait'))).toEqual(['status: done']);
  });

  test('gives every droplet the user_data that was synthesized, and nothing of its own', async () => {
    const json = synth();
    for (const droplet of await lab.droplets()) {
      const metadata = 'http://169.254.169.254/metadata/v1/user-data';
      const given = partsOf((await lab.exec(droplet, ['curl', '--silent', metadata])).stdout);
      const synthesized = userData(json, droplet.name.replace('production-', ''));
      expect(Object.keys(given)).toEqual(Object.keys(synthesized));
      const { deployment = '', ...common } = synthesized;
      expect(given).toMatchObject(common);
      // A reference is whatever Terraform knows when it applies; all else is to the letter.
      const letters = deployment
        .split(/\$\{[^}]*\}/)
        .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
      expect(given.deployment).toMatch(new RegExp(`^${letters.join('.*')}$`));
    }
  });

  test(
    'lets exactly the declared flows pass between visitors and droplets, whatever the address, port and protocol',
    async () => {
      const declared = await declaredPassages(lab.name);
      expect(await passed(500)).toEqual(declared);
    },
    10 * MINUTE,
  );

  test('listens to others on the ports and addresses of the architecture alone', async () => {
    expect(await doors(lab)).toEqual({
      'production-load-balancer-1': [
        'anchor tcp/443',
        'anchor tcp/80',
        'any tcp/22',
        'private tcp/8404',
        'private tcp/8405',
        'private tcp/8406',
      ],
      'production-load-balancer-2': [
        'anchor tcp/443',
        'anchor tcp/80',
        'any tcp/22',
        'private tcp/8404',
        'private tcp/8405',
        'private tcp/8406',
      ],
      'production-web-1': ['any tcp/22', 'private tcp/80', 'private tcp/8406'],
      'production-app-1': ['any tcp/22', 'private tcp/8080', 'private tcp/8406'],
      'production-database-1': ['any tcp/22', 'private tcp/3306', 'private tcp/8406'],
    });
  });

  test('has nothing to say against any droplet', async () => {
    for (const { name } of await lab.droplets()) {
      expect([name, await lab.page(name.replace('production-', ''))]).toEqual([
        name,
        '200 Nothing is wrong with this droplet.',
      ]);
    }
  });

  test(
    'hears from a droplet itself what is wrong with it',
    async () => {
      const change = async (droplet: string, ...command: string[]) =>
        expect((await lab.exec(await lab.droplet(droplet), command)).status).toBe(0);
      await change('database-1', 'fallocate', '--length=18G', '/mnt/database/filler');
      await change('web-1', 'sh', '-c', 'systemd-run --quiet --wait --unit=doomed false || true');
      await change('app-1', 'systemctl', 'stop', 'do-agent.service');
      await change('load-balancer-2', 'systemctl', 'stop', 'scale-up-certificate.timer', 'haproxy.service');
      const troubles = {
        'database-1': /^503 the disk at \/mnt\/database is 9\d% full$/,
        'web-1': /^503 doomed\.service has failed$/,
        'app-1': /^503 the monitoring agent does not run: /,
        'load-balancer-2': /^503 haproxy\.service does not run$/,
      };
      for (const [droplet, trouble] of Object.entries(troubles)) {
        await eventually(async () => trouble.test(await lab.page(droplet)), 20);
      }
      await change('database-1', 'rm', '/mnt/database/filler');
      await change('web-1', 'systemctl', 'reset-failed', 'doomed.service');
      await change('app-1', 'systemctl', 'start', 'do-agent.service');
      await change('load-balancer-2', 'systemctl', 'start', 'haproxy.service', 'scale-up-certificate.timer');
      for (const droplet of Object.keys(troubles)) {
        await eventually(async () => (await lab.page(droplet)).startsWith('200 '), PATIENCE);
      }
    },
    10 * MINUTE,
  );

  test('has every droplet as hardened as the baselines ask', async () => {
    expect(await unhardened(lab)).toEqual([]);
  });

  test(
    'nowhere shows a token, a password or a private key to anybody but root and who needs it',
    async () => {
      expect(await leaks(lab)).toEqual([]);
    },
    10 * MINUTE,
  );

  test(
    'has no failed unit and none that was restarted, after a minute of running',
    async () => {
      const uptime = async () => Math.min(...Object.values(await lab.everywhere(...UPTIME)).map(Number));
      await eventually(async () => (await uptime()) >= 60, PATIENCE);
      expect(await troubledUnits(lab)).toEqual([]);
    },
    10 * MINUTE,
  );

  test(
    'would notice a secret in a file, a command line or the journal',
    async () => {
      const app = await lab.droplet('app-1');
      const plant = [
        'install -m 0640 -g www-data /etc/scale-up/secrets/app.env /tmp/leak',
        'sh -c "sleep 30; : $(grep -o PASSWORD=.* /etc/scale-up/secrets/app.env)" >/dev/null 2>&1 &',
        'grep PASSWORD /etc/scale-up/secrets/app.env | logger',
        'nft flush chain inet metadata output',
      ];
      await lab.exec(app, ['sh', '-c', plant.join('\n')]);
      const keys =
        'cd /var/lib/scale-up-certificate; install -m 0644 site.pem /tmp/site.pem; install -m 0640 -g haproxy lego/accounts/*/*/keys/*.key /tmp/account.key';
      await lab.exec(await lab.droplet('load-balancer-1'), ['sh', '-c', keys]);
      const found = await leaks(lab);
      expect(found).toEqual(
        expect.arrayContaining([
          'production-app-1: /tmp/leak is readable by www-data',
          expect.stringMatching(/^production-app-1: database password is in the command line/),
          'production-app-1: database password is in the journal',
          'production-app-1: metadata answers nobody',
          'production-load-balancer-1: /tmp/site.pem is readable by nobody',
          'production-load-balancer-1: /tmp/account.key is readable by haproxy',
        ]),
      );
      expect(found.filter((leak) => !/^production-(app-1|load-balancer-1: \/tmp)/.test(leak))).toEqual([]);
    },
    10 * MINUTE,
  );

  test('would notice a droplet that is less hardened', async () => {
    const weaken = [
      'sysctl --write net.ipv4.tcp_syncookies=0',
      'echo PasswordAuthentication yes > /etc/ssh/sshd_config.d/00-weak.conf',
      "sed -i 's/server_tokens off/server_tokens on/' /etc/nginx/nginx.conf",
      'systemctl reload nginx',
    ];
    await lab.exec(await lab.droplet('web-1'), ['sh', '-ec', weaken.join('\n')]);
    expect(await unhardened(lab)).toEqual([
      'production-web-1: sysctl-11 (SYN cookies): prints "0"',
      'production-web-1: sshd-27 (No password authentication): prints "0"',
      expect.stringMatching(
        /^production-web-1: nginx-05 \(No version in answers\): prints "Server: nginx\/1/,
      ),
    ]);
  });

  test(
    'tells visitors who keep their connection, by the next answer, that the Reserved IP was handed over',
    async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const kept = async () =>
        (await askSite(lab.access.site, '/static/home.css', { agent })).headers.connection;
      try {
        expect(await kept()).not.toBe('close');
        const holder = (await lab.holder()) ?? '';
        const active = await lab.droplet(holder.replace(/.*(?=load-balancer)/, ''));
        expect(await lab.exec(active, ['scale-up', 'handover'])).toMatchObject({ status: 0 });
        await eventually(async () => (await kept()) === 'close', PATIENCE);
        await eventually(async () => (await kept()) !== 'close', PATIENCE);
        expect(await lab.holder()).not.toBe(holder);
      } finally {
        agent.destroy();
      }
    },
    10 * MINUTE,
  );

  test(
    'moves the Reserved IP when its holder loses power, and not back when that returns',
    async () => {
      const before = (await lab.holder()) ?? '';
      await lab.power(before, 'power-off');
      const outage = await eventually(
        async () => (await lab.get('/-/ready')).ok && (await lab.holder()) !== before,
        PATIENCE,
      );
      process.stderr.write(`Failover: service was back ${outage} ms after the power went\n`);
      const after = await lab.holder();
      await lab.power(before, 'power-on');
      await eventually(() => lab.isWhole(), PATIENCE);
      expect(await lab.holder()).toBe(after);
    },
    10 * MINUTE,
  );

  test(
    'is whole again after a reboot of all droplets at once',
    async () => {
      await Promise.all((await lab.droplets()).map(({ name }) => lab.power(name, 'reboot')));
      await eventually(() => lab.isWhole(), PATIENCE);
      expect(await troubledUnits(lab)).toEqual([]);
    },
    10 * MINUTE,
  );

  test(
    'leaves nothing when it goes down',
    async () => {
      await lab.end();
      expect(await remains(lab.name)).toBe(false);
      expect([existsSync(stateOf(lab.name)), existsSync(runtimeOf(lab.name))]).toEqual([false, false]);
      const left = `mount | grep ${lab.name}; ip netns | grep ${lab.name}; losetup --list | grep ${lab.name}`;
      expect(spawnSync('sh', ['-c', left]).stdout.toString()).toBe('');
    },
    10 * MINUTE,
  );
});

function distinct(answers: Record<string, string>): string[] {
  return [...new Set(Object.values(answers))];
}

/** The parts of a MIME document by name, as Terraform's cloudinit_config writes it. */
function partsOf(document: string): Record<string, string> {
  const parts = document.split(/^--MIMEBOUNDARY(?:--)?\r\n/m).slice(1, -1);
  return Object.fromEntries(
    parts.map((part) => {
      const [, name = ''] = /filename="(.*)\.yaml"/.exec(part) ?? [];
      return [name, part.slice(part.indexOf('\r\n\r\n') + 4, -2)];
    }),
  );
}
