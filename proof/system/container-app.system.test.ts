import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../lab/instance/control-api';
import type { DropletStatus } from '../../lab/instance/lab';
import { askSite } from '../../lab/stack/site';
import { appProgram } from './app-program';
import { unhardened } from './hardening';
import { leaks } from './leak';
import { ShopImages } from './shop-image';
import { eventually, type Settings, TestLab, troubledUnits } from './test-lab';
import { type Arrival, arrivals, headersOverHttp2, openSocket } from './visitor';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 180;
const PLACE = 'registry.example.com/shop';
/** Values with whatever a shell, systemd, YAML or Terraform might take for more than a letter. */
const NAME = '  The ${shop} "at" 100%{ # \\n $HOME ';
const SECRETS = {
  STRIPE_KEY: 'sk live "$x" %{y} #1',
  registry_password: 'p:a$$w"ord%{}',
};

function settings(tag: string): Settings {
  return {
    app: {
      image: `${PLACE}:${tag}`,
      env: { SHOP_NAME: NAME },
      secrets: ['STRIPE_KEY'],
      registry: { username: 'robot$shop' },
    },
  };
}

describe("a lab of a stack with the user's own container", () => {
  let lab: TestLab;
  let images: ShopImages;
  let app: DropletStatus;

  beforeAll(async () => {
    for (const [name, value] of Object.entries(SECRETS)) process.env[`TF_VAR_${name}`] = value;
    images = await ShopImages.create();
    lab = await TestLab.start('container-app-test', settings('1.4'), { image: await images.archive('shop') });
    app = await lab.droplet('app-1');
  }, 12 * MINUTE);

  afterAll(async () => {
    for (const name of Object.keys(SECRETS)) delete process.env[`TF_VAR_${name}`];
    await images?.remove();
    await lab?.end();
  }, MINUTE);

  const sh = async (line: string) => (await lab.exec(app, ['bash', '-ec', line])).stdout.trim();
  /** The one that serves, of two that there may be. */
  const container = async () => `app-${await sh('cat /run/scale-up/app-door')}`;
  /** What a JavaScript expression is inside the container, evaluated as its root. */
  const inside = async (expression: string) => {
    const program = `(async () => ${expression})().catch((error) => (error.cause ?? error).message).then((value) => { console.log(value); process.exit(); })`;
    const command = ['podman', 'exec', '--user=0', await container(), 'node', '-e', program];
    return (await lab.exec(app, command)).stdout.trim();
  };
  const said = (since: string) =>
    sh(`journalctl --identifier=app --output=cat --no-pager --since='${since}'`);
  const now = () => sh('date "+%F %T"');
  const databasePassword = async () =>
    (
      await lab.exec(await lab.droplet('database-1'), ['cat', '/etc/scale-up/secrets/database-password'])
    ).stdout.trim();
  const push = async (archive: string, tag: string) =>
    ask(lab.name, 'POST', '/push', { archive, reference: `${PLACE}:${tag}` });
  /** Has the droplet run another release, as a deployment does. */
  const point = async (tag: string) => {
    const { domain_records } = await lab.api('GET', '/v2/domains/foobar.com/records?per_page=200');
    const record = domain_records.find(({ type }: { type: string }) => type === 'TXT');
    await lab.api('PUT', `/v2/domains/foobar.com/records/${record.id}`, { type: 'TXT', data: tag });
  };
  const isTroubled = async (trouble: string) => (await lab.page('app-1')) === `503 ${trouble}`;
  const products = async () => JSON.parse((await lab.get('/')).text) as { shop: string; products: object[] };

  test('serves it through the whole chain, with a table of its own in MySQL', async () => {
    const body = JSON.stringify({ name: 'Apple', cents: 50 });
    const written = await askSite(lab.access.site, '/products', { method: 'POST', body });
    expect(written.status).toBe(201);
    expect(await products()).toEqual({
      shop: NAME,
      servedBy: 'production-app-1',
      products: [{ id: 1, name: 'Apple', cents: 50 }],
    });
    expect(await troubledUnits(lab)).toEqual([]);
  });

  test('gives it the database, plain values, secrets and a port, byte for byte', async () => {
    const environment = await sh('tr "\\0" "\\n" < /proc/$(pgrep -u 2000001000 node)/environ');
    expect(environment.split('\n')).toEqual(
      expect.arrayContaining([
        `SHOP_NAME=${NAME}`,
        `STRIPE_KEY=${SECRETS.STRIPE_KEY}`,
        'PORT=8080',
        'DATABASE_HOST=database',
        expect.stringMatching(/^DATABASE_URL=mysql:\/\/app:\w{32}@database:3306\/app$/),
        'DATABASE_CA=/etc/scale-up/database-ca.pem',
      ]),
    );
  });

  test('lets it do nothing on the droplet: no user, no capability, no file of its own but temporary ones', async () => {
    const status = await inside('require("fs").readFileSync("/proc/self/status", "utf8")');
    expect(status).toMatch(/^Uid:\t0\t0/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    expect(await inside('require("fs").writeFileSync("/app/x", "x")')).toMatch(/^EROFS/);
    expect(await inside('require("fs").writeFileSync("/tmp/x", "x")')).toBe('undefined');
    // Root in the container is nobody outside, and so is whoever the image runs as.
    expect(await sh('ps --no-headers -o uid -C node')).toBe('2000001000');
    expect(await sh('systemctl show --value --property=MemoryMax app@1')).not.toBe('infinity');
  });

  test('serves on the private address alone', async () => {
    const answers = async (address: string) =>
      (await lab.exec(app, ['curl', '--silent', '--max-time', '2', `http://${address}:8080/healthz`])).status;
    expect(await answers(app.privateIp)).toBe(0);
    expect(await answers(app.publicIp)).toBe(7); // refused
    expect(await answers('127.0.0.1')).toBe(7);
  });

  test('keeps the metadata address from it, from its root too', async () => {
    const url = 'http://169.254.169.254/metadata/v1/user-data';
    expect(await inside(`fetch("${url}").then((answer) => answer.status)`)).toMatch(/ECONNREFUSED/);
    expect(await sh(`curl --silent --output /dev/null --write-out '%{http_code}' ${url}`)).toBe('200');
    await sh('nft delete table inet metadata');
    try {
      expect(await inside(`fetch("${url}").then((answer) => answer.status)`)).toBe('200');
    } finally {
      await sh('systemctl reload nftables || systemctl restart nftables');
    }
  });

  test('has the app droplet as hardened as the baselines ask of one with a container', async () => {
    expect(await unhardened(lab, 'container')).toEqual([]);
  });

  test(
    'tells its secrets to nobody else, and the password of the registry not even to the container',
    async () => {
      const found = await leaks(lab, {
        'Stripe key': { value: SECRETS.STRIPE_KEY, unit: 'app@1.service' },
        'registry password': { value: SECRETS.registry_password },
        'database password': { value: await databasePassword(), unit: 'app@1.service' },
      });
      expect(found).toEqual([]);
    },
    MINUTE,
  );

  test(
    'follows the database to another address while it runs',
    async () => {
      const id = await sh('podman inspect --format={{.Id}} app-1');
      const address = () =>
        inside('require("dns").promises.lookup("database").then(({ address }) => address)');
      const before = await address();
      const { domain_records } = await lab.api('GET', '/v2/domains/foobar.com/records?per_page=200');
      const record = domain_records.find(({ name }: { name: string }) => name.startsWith('database.'));
      expect(record.data).toBe(before);
      const point = (data: string) =>
        lab.api('PUT', `/v2/domains/foobar.com/records/${record.id}`, { type: 'A', data });
      await point(app.privateIp);
      await eventually(async () => (await address()) === app.privateIp, PATIENCE);
      await point(before);
      await sh('systemctl start scale-up-names'); // which else is started every quarter of a minute
      expect(await address()).toBe(before);
      expect(await sh('podman inspect --format={{.Id}} app-1')).toBe(id);
      expect((await lab.get('/')).status).toBe(200);
    },
    10 * MINUTE,
  );

  test(
    'is back after it was killed and after it hung, and the journal says why',
    async () => {
      const start = await now();
      await sh('pkill --signal KILL -u 2000001000 node');
      await eventually(async () => (await said(start)).includes('is healthy'), PATIENCE);
      expect(await said(start)).toMatch(
        /^registry\.example\.com\/shop:1\.4 ended by itself \(exited 137\)\. Its last words: .*The database is migrated( \| |$)/m,
      );
      await sh('pkill --signal STOP -u 2000001000 node');
      await eventually(async () => /no longer healthy(.|\n)*is healthy/.test(await said(start)), PATIENCE);
      expect(await said(start)).toMatch(
        /^registry\.example\.com\/shop:1\.4 is no longer healthy: GET \/healthz has no answer within 2 s\. Starting it anew\. /m,
      );
      expect((await products()).products).toHaveLength(1);
    },
    10 * MINUTE,
  );

  test(
    'keeps the release that runs while another can not be pulled, says so, and follows when the registry has it',
    async () => {
      await point('1.5');
      const refused = `${PLACE}:1.5 can't be pulled: reading manifest 1.5 in ${PLACE}: manifest unknown. Trying again, every 30 s in the end.`;
      await eventually(async () => (await said('-1h')).includes(refused), PATIENCE);
      const trouble = "release 1.5 can't be pulled: the registry has no such release; 1.4 serves on";
      await eventually(() => isTroubled(trouble), PATIENCE);
      await eventually(
        async () => (await lab.get('/-/redundancy')).text.includes(`production-app-1: ${trouble}`),
        PATIENCE,
      );
      expect((await products()).products).toHaveLength(1);
      const broken = await images.archive('broken', { command: ['node', 'dist/nothing.js'] });
      await push(broken, 'broken');
      await push(await images.archive('shop'), '1.5');
      await eventually(
        async () => (await sh('cat /run/scale-up/release')).includes('"serves": "1.5"'),
        PATIENCE,
      );
      await eventually(() => lab.isWhole(), PATIENCE);
      expect((await said('-1h')).split('\n').filter((line) => line === refused)).toHaveLength(1);
      expect((await products()).products).toHaveLength(1);
    },
    10 * MINUTE,
  );

  test(
    'says in one line what an image that ends at once said last, gives it up, and serves on',
    async () => {
      await eventually(async () => (await sh('cat /run/scale-up/release')).includes('"steady"'), PATIENCE);
      await point('broken');
      const trouble = 'release broken ended by itself (exited 1); 1.5 serves on';
      await eventually(() => isTroubled(trouble), PATIENCE);
      const ended =
        /^registry\.example\.com\/shop:broken ended by itself \(exited 1\)\. Its last words: .*/gm;
      const lines = (await said('-1h')).match(ended) ?? [];
      expect(lines).toHaveLength(3);
      expect(lines[0]).toMatch(/Node\.js v20/);
      expect(await sh('podman ps --format={{.Names}}')).toBe(await container());
      expect((await products()).products).toHaveLength(1);
    },
    10 * MINUTE,
  );

  describe('that is as demanding as a framework', () => {
    let silent: Promise<readonly [Arrival[], string]>;
    let socket: Awaited<ReturnType<typeof openSocket>>;

    /** Longer than anything before the application waits for an ordinary answer. */
    const SILENCE = 80;
    const COOKIES = 16;
    const HTTPS_ONLY = /301|400/;

    beforeAll(async () => {
      const program = await appProgram('demanding-app.js');
      await push(await images.archive('demanding', { command: ['node', '-e', program] }), 'demanding');
      await point('demanding');
      await eventually(
        async () => (await sh('cat /run/scale-up/release')).includes('"serves": "demanding"'),
        PATIENCE,
      );
      await eventually(() => healthy(), PATIENCE);
      const { site } = lab.access;
      socket = await openSocket(site, '/socket');
      const events = arrivals(site, `/events?${SILENCE}`, { accept: 'text/event-stream' });
      const echo = sleep(SILENCE * 1000).then(() => socket.echo('still here'));
      silent = Promise.all([events, echo]);
      silent.catch(() => {}); // where it is looked at
    }, 2 * MINUTE);

    afterAll(() => socket?.close());

    const healthy = async () => (await lab.get('/-/redundancy')).status === 200;
    const text = async (path: string, headers = {}) => (await lab.get(path, headers)).text;

    test('is healthy though it insists on HTTPS, on its host, and listens where its host name leads', async () => {
      // What a probe without a visitor's headers gets.
      const bare = `curl --silent --output /dev/null --write-out '%{http_code}' http://${app.privateIp}:8080/healthz`;
      expect(await sh(bare)).toMatch(HTTPS_ONLY);
      expect(await inside('process.env.HOSTNAME')).toBe('production-app-1');
      expect(await troubledUnits(lab)).toEqual([]);
    });

    test('is told who asks, how and for which host, and is not told what a visitor makes up', async () => {
      const seen = JSON.parse(
        await text('/seen', {
          'x-forwarded-proto': 'http',
          x_forwarded_for: '203.0.113.9',
          'x.dot': '1',
          'x-dash': '1',
        }),
      );
      expect(seen).toMatchObject({
        host: 'www.foobar.com',
        'x-forwarded-host': 'www.foobar.com',
        'x-forwarded-proto': 'https',
        'x-forwarded-for': expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        'x-request-id': expect.any(String),
        'x-dash': '1',
      });
      expect(Object.keys(seen).filter((name) => /[_.]/.test(name))).toEqual([]);
    });

    test('may send 16 KB of headers, by HTTP/1.1 and HTTP/2', async () => {
      const answer = await lab.get(`/cookies?${COOKIES}`);
      expect(answer.status).toBe(200);
      expect(String(answer.headers['set-cookie']).length).toBeGreaterThan(15_900);
      const [status, length] = await headersOverHttp2(lab.access.site, `/cookies?${COOKIES}`);
      expect(status).toBe(200);
      expect(length).toBeGreaterThan(15_900);
    });

    test('serves its own /static/ beside that of the web droplets, and says itself how long it may be kept', async () => {
      expect(await text('/static/home.css')).toContain(':root');
      const own = await lab.get('/static/app.css', { 'accept-encoding': 'gzip' });
      expect(own).toMatchObject({ status: 200, text: 'body {}\n' });
      expect(own.headers['cache-control']).toBeUndefined();
      expect((await lab.get('/static/app.css', { 'accept-encoding': 'gzip' })).headers.age).toBeUndefined();
      const kept = { 'accept-encoding': 'gzip' };
      await lab.get('/static/public.css', kept);
      expect((await lab.get('/static/public.css', kept)).headers).toMatchObject({
        age: expect.any(String),
        'cache-control': 'public, max-age=60',
      });
      expect((await lab.get('/static/nothing.css')).status).toBe(404);
    });

    test('gets an upload of 9 MB whole, and none above 10 MB', async () => {
      const upload = (megabytes: number) =>
        askSite(lab.access.site, '/upload', {
          method: 'POST',
          body: 'x'.repeat(megabytes * 1024 * 1024),
          timeout: 30_000,
        });
      const whole = createHash('sha256')
        .update('x'.repeat(9 * 1024 * 1024))
        .digest('hex');
      expect(await upload(9)).toMatchObject({ status: 200, text: whole });
      expect((await upload(11)).status).toBe(413);
    });

    test('streams: what it sends arrives at once, if asked for events or if the answer says so', async () => {
      for (const [path, headers] of [
        ['/events?2', { accept: 'text/event-stream' }],
        ['/stream?2', {}],
      ] as const) {
        const [first, last] = await arrivals(lab.access.site, path, headers);
        expect(first?.[1]).toContain('first');
        expect(first?.[0]).toBeLessThan(1500);
        expect(last?.[0]).toBeGreaterThanOrEqual(1900);
      }
    });

    test('verifies the database, keeps a connection for days, and may create triggers and functions', async () => {
      expect(await inside(`(${migrate})()`)).toBe('3, 604800');
      const other = "require('tls').rootCertificates";
      expect(await inside(`(${migrate})(${other})`)).toMatch(
        /unable to (get local issuer|verify)|self.signed/,
      );
    });

    test(
      'may be silent for longer than a minute on a web socket and in an event stream',
      async () => {
        const [events, echo] = await silent;
        expect(events.map(([, event]) => event)).toEqual(['data: first\n\n', 'data: last\n\n']);
        expect(echo).toBe('still here');
      },
      2 * MINUTE,
    );
  });
});

/** What runs in the container, as the app's user: a migration with a trigger and a function, by a connection that is verified. */
const migrate = `async (ca) => {
  const { DATABASE_URL, DATABASE_CA } = process.env;
  ca ??= require("fs").readFileSync(DATABASE_CA);
  const connection = await require("mysql2/promise").createConnection({ uri: DATABASE_URL, ssl: { ca, verifyIdentity: true } });
  for (const kind of ["TABLE t", "FUNCTION f"]) await connection.query("DROP " + kind.replace(" ", " IF EXISTS "));
  await connection.query("CREATE TABLE t (n INT)");
  await connection.query("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n + 1");
  await connection.query("CREATE FUNCTION f(n INT) RETURNS INT RETURN n + 1");
  await connection.query("INSERT INTO t VALUES (1)");
  const [[row]] = await connection.query("SELECT f(n) AS n, @@wait_timeout AS timeout FROM t");
  await connection.query("DROP TABLE t");
  connection.destroy();
  return row.n + ", " + row.timeout;
}`;
