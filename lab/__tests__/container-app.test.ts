import { ask } from '../control';
import type { DropletStatus } from '../lab';
import { askSite } from '../site';
import { unhardened } from './hardening';
import { leaks } from './leak';
import { ShopImages } from './shop-image';
import { eventually, type Settings, TestLab, troubledUnits } from './test-lab';

const MINUTE = 60_000;
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
  /** What a JavaScript expression is inside the container, evaluated as its root. */
  const inside = async (expression: string) => {
    const program = `(async () => ${expression})().catch((error) => (error.cause ?? error).message).then((value) => { console.log(value); process.exit(); })`;
    return (await lab.exec(app, ['podman', 'exec', '--user=0', 'app', 'node', '-e', program])).stdout.trim();
  };
  const said = (since: string) =>
    sh(`journalctl --identifier=app --output=cat --no-pager --since='${since}'`);
  const now = () => sh('date "+%F %T"');
  const push = async (archive: string, tag: string) =>
    ask(lab.name, 'POST', '/push', { archive, reference: `${PLACE}:${tag}` });
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
        expect.stringMatching(/^DATABASE_URL=mysql:\/\/app:\w{32}@database:3306\/app\?ssl-mode=REQUIRED$/),
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
    expect(await sh('systemctl show --value --property=MemoryMax app')).not.toBe('infinity');
  });

  test('serves on the private address alone', async () => {
    expect(
      await sh('ss --no-header --listening --tcp --numeric "sport = 8080" | tr -s " " | cut -d" " -f4'),
    ).toBe(`${app.privateIp}:8080`);
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
        'Stripe key': { value: SECRETS.STRIPE_KEY, unit: 'app.service' },
        'registry password': { value: SECRETS.registry_password },
      });
      expect(found).toEqual([]);
    },
    MINUTE,
  );

  test(
    'follows the database to another address while it runs',
    async () => {
      const container = await sh('podman inspect --format={{.Id}} app');
      const address = () =>
        inside('require("dns").promises.lookup("database").then(({ address }) => address)');
      const before = await address();
      const { domain_records } = await lab.api('GET', '/v2/domains/foobar.com/records?per_page=200');
      const record = domain_records.find(({ name }: { name: string }) => name.startsWith('database.'));
      expect(record.data).toBe(before);
      const point = (data: string) =>
        lab.api('PUT', `/v2/domains/foobar.com/records/${record.id}`, { type: 'A', data });
      await point(app.privateIp);
      await eventually(async () => (await address()) === app.privateIp, 40);
      await point(before);
      await sh('systemctl start scale-up-names'); // which else is started every quarter of a minute
      expect(await address()).toBe(before);
      expect(await sh('podman inspect --format={{.Id}} app')).toBe(container);
      expect((await lab.get('/')).status).toBe(200);
    },
    2 * MINUTE,
  );

  test(
    'is back after it was killed and after it hung, and the journal says why',
    async () => {
      const start = await now();
      await sh('pkill --signal KILL -u 2000001000 node');
      await eventually(async () => (await said(start)).includes('is healthy'), 20);
      expect(await said(start)).toMatch(
        /^registry\.example\.com\/shop:1\.4 ended by itself \(exited 137\)\. Its last words: .*The database is migrated$/m,
      );
      await sh('pkill --signal STOP -u 2000001000 node');
      await eventually(async () => /no longer healthy(.|\n)*is healthy/.test(await said(start)), 60);
      expect(await said(start)).toMatch(
        /^registry\.example\.com\/shop:1\.4 is no longer healthy: GET \/healthz has no answer within 2 s\. Starting it anew\. /m,
      );
      expect((await products()).products).toHaveLength(1);
    },
    2 * MINUTE,
  );

  test(
    'says in one line that a new tag can not be pulled, misses the app server, and recovers when the registry has it',
    async () => {
      const changes = await lab.apply(settings('1.5'));
      expect(changes.map(({ action, address }) => `${action} ${address}`)).toEqual([
        'replace digitalocean_droplet.app-1',
        'update digitalocean_record.dns-app-1',
      ]);
      app = await lab.droplet('app-1');
      const refused = `${PLACE}:1.5 can't be pulled: reading manifest 1.5 in ${PLACE}: manifest unknown. Trying again, every 30 s in the end.`;
      await eventually(async () => (await said('-1h')).includes(refused), 90);
      // HAProxy gives a server whose address has changed the benefit of the doubt, for three checks.
      const missing = async () => (await lab.get('/-/redundancy')).text;
      await eventually(async () => (await missing()).includes(`app: ${app.privateIp}:8080 is DOWN`), 30);
      expect((await lab.get('/-/redundancy')).status).toBe(503);
      const broken = await images.archive('broken', { command: ['node', 'dist/nothing.js'] });
      await push(broken, 'broken');
      await push(await images.archive('shop'), '1.5');
      await eventually(() => lab.isWhole(), 60);
      expect((await said('-1h')).split('\n').filter((line) => line === refused)).toHaveLength(1);
      expect((await products()).products).toHaveLength(1);
    },
    4 * MINUTE,
  );

  test(
    'says in one line what an image that ends at once said last, and tries it more and more slowly',
    async () => {
      await sh(`sed -i s/:1.5/:broken/ /etc/scale-up/stack.env; systemctl --no-block restart app`);
      const ended =
        /^registry\.example\.com\/shop:broken ended by itself \(exited 1\)\. Its last words: .*/gm;
      await eventually(async () => ((await said('-1h')).match(ended) ?? []).length >= 3, 30);
      expect((await said('-1h')).match(ended)?.[0]).toMatch(/Node\.js v20/);
      const pause = await sh('systemctl show --value --property=RestartUSecNext app');
      expect(pause).toMatch(/^([2-9]|[1-9]\d)(\.\d+)?s/);
      await eventually(async () => (await lab.get('/-/redundancy')).status === 503, 15);
    },
    MINUTE,
  );
});
