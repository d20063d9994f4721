import { ask } from '../../lab/instance/control-api';
import { askSite } from '../../lab/stack/site';
import { appProgram } from './app-program';
import { ShopImages } from './shop-image';
import { eventually, type Settings, said, TestLab } from './test-lab';
import { openSocket } from './visitor';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 180;
const PLACE = 'registry.example.com/shop';
const settings = (tag: string): Settings => ({ app: { count: 2, image: `${PLACE}:${tag}` } });
const APPS = ['app-1', 'app-2'];

/** Those that follow the first one, each as the arguments of its application. */
const LATER = { '2.0': [], '3.0-late': ['20'], '4.0-ends': ['0', '50'] };

interface Seen {
  readonly at: number;
  /** @default - undefined: there was no good answer */
  readonly release?: string;
}

describe('a lab in which one release follows another', () => {
  let lab: TestLab;
  let images: ShopImages;
  let load: Visitors | undefined;

  beforeAll(async () => {
    images = await ShopImages.create();
    const program = await appProgram('released-app.js');
    const archive = (name: string, options: readonly string[] = []) =>
      images.archive(name, { command: ['node', '-e', program, name, ...options] });
    lab = await TestLab.start('release-test', settings('1.0'), { image: await archive('1.0') });
    for (const [name, options] of Object.entries(LATER)) {
      const reference = `${PLACE}:${name}`;
      await ask(lab.name, 'POST', '/push', { archive: await archive(name, options), reference });
    }
    const broken = await images.archive('broken', { command: ['node', 'dist/nothing.js'] });
    await ask(lab.name, 'POST', '/push', { archive: broken, reference: `${PLACE}:5.0-broken` });
  }, 12 * MINUTE);

  afterEach(() => load?.end());

  afterAll(async () => {
    await images?.remove();
    await lab?.end();
  }, MINUTE);

  const served = () =>
    Promise.all(
      APPS.map(async (name) => {
        const { stdout } = await lab.exec(await lab.droplet(name), ['cat', '/run/scale-up/release']);
        return JSON.parse(stdout).serves as string;
      }),
    );
  const pointers = async () => {
    const { domain_records } = await lab.api('GET', '/v2/domains/foobar.com/records?per_page=200');
    return domain_records
      .filter(({ type, name }: Record<string, string>) => type === 'TXT' && name?.startsWith('release.'))
      .map(({ data }: { data: string }) => data)
      .sort();
  };
  /** Seconds from the first change of a pointer until nobody is served by another release any more. */
  const pace = (seen: readonly Seen[], changed: number, release: string) =>
    (Math.max(...seen.filter((one) => one.release !== release).map(({ at }) => at)) - changed) / 1000;
  const firstPointer = async (release: string) => {
    await eventually(async () => (await pointers()).includes(release), PATIENCE);
    return Date.now();
  };

  test('has the first release on both app servers once it is deployed', async () => {
    expect(await served()).toEqual(['1.0', '1.0']);
    await eventually(() => lab.isWhole(), PATIENCE);
  });

  test(
    'moves to another one while requests, slow answers and web sockets go on, and loses none',
    async () => {
      load = new Visitors(lab);
      const socket = await openSocket(lab.access.site, '/socket');
      const slow = lab.get('/?1');
      const changed = firstPointer('2.0');
      const applied = lab.apply(settings('2.0'));
      await changed;
      const slowest = askSite(lab.access.site, '/?10', { timeout: 20_000 });
      await eventually(async () => (await served()).every((release) => release === '2.0'), PATIENCE);
      expect(await socket.echo('still here')).toBe('still here');
      expect((await slow).status).toBe(200);
      expect((await slowest).status).toBe(200);
      const changes = (await applied).map(({ action, address }) => `${action} ${address}`);
      expect(changes.sort()).toEqual([
        'replace terraform_data.release-everywhere',
        'replace terraform_data.release-first',
        'update digitalocean_record.release-app-1',
        'update digitalocean_record.release-app-2',
      ]);
      const seen = await load.end();
      expect(seen.filter(({ release }) => release === undefined)).toEqual([]);
      expect(seen.length).toBeGreaterThan(500);
      const seconds = pace(seen, await changed, '2.0');
      console.log(`${seconds.toFixed(1)} s from the first pointer to the last answer of the old release`);
      socket.close();
    },
    10 * MINUTE,
  );

  test(
    'leaves the other app server alone when the first one refuses a release, with the reason, and goes back at once',
    async () => {
      load = new Visitors(lab);
      await expect(lab.apply(settings('5.0-broken'))).rejects.toThrow(
        'production-app-1: release 5.0-broken ended by itself (exited 1); 2.0 serves on.',
      );
      // The container's own words, which only who has the key of the deployment is shown.
      expect(said.join('\n')).toMatch(
        /The log of production-app-1 says last:\n.*[\s\S]*Cannot find module .*nothing\.js/,
      );
      const { privateIp } = await lab.droplet('app-1');
      expect((await lab.get(`/-/log/${privateIp}`)).status).toBe(404);
      expect(await pointers()).toEqual(['2.0', '5.0-broken']);
      expect(await served()).toEqual(['2.0', '2.0']);
      await eventually(
        async () => (await lab.get('/-/redundancy')).text.includes('release 5.0-broken'),
        PATIENCE,
      );
      const app = await lab.droplet('app-1');
      await lab.power(app.name, 'reboot');
      await eventually(async () => (await served())[0] === '2.0', PATIENCE);
      const began = Date.now();
      await lab.apply(settings('2.0'));
      console.log(`${((Date.now() - began) / 1000).toFixed(1)} s for the way back`);
      expect(await pointers()).toEqual(['2.0', '2.0']);
      expect((await load.end()).filter(({ release }) => release !== '2.0')).toEqual([]);
      await eventually(() => lab.isWhole(), PATIENCE);
    },
    10 * MINUTE,
  );

  test(
    'is back at the old one when the new one ends by itself after a while, with nobody waiting for it',
    async () => {
      load = new Visitors(lab);
      await expect(lab.apply(settings('4.0-ends'))).rejects.toThrow(
        /production-app-[12]: release 4\.0-ends ended by itself \(exited 3\); 2\.0 serves on\./,
      );
      await eventually(async () => (await served()).every((release) => release === '2.0'), PATIENCE);
      await lab.apply(settings('2.0'));
      expect((await load.end()).filter(({ release }) => release === undefined)).toEqual([]);
    },
    10 * MINUTE,
  );

  test(
    'stops the old one first where there is no memory for two, one app server after the other',
    async () => {
      const lack =
        'sed "s/^MemAvailable:.*/MemAvailable: 1000 kB/" /proc/meminfo > /run/meminfo; umount /proc/meminfo; mount --bind /run/meminfo /proc/meminfo';
      for (const name of APPS) {
        expect(await lab.exec(await lab.droplet(name), ['sh', '-ec', lack])).toMatchObject({ status: 0 });
      }
      load = new Visitors(lab);
      await lab.apply(settings('3.0-late'));
      for (const name of APPS) {
        const journal = ['journalctl', '--boot', '--no-pager', '--output=cat', '--unit=app'];
        const { stdout } = await lab.exec(await lab.droplet(name), journal);
        expect(stdout).toMatch(/^no memory for two containers /m);
      }
      expect(await served()).toEqual(['3.0-late', '3.0-late']);
      expect((await load.end()).filter(({ release }) => release === undefined)).toEqual([]);
    },
    10 * MINUTE,
  );
});

/** Ten requests a second, every fifth one of a kind that is sent only once. */
class Visitors {
  private readonly requests: Promise<Seen>[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(lab: TestLab) {
    this.timer = setInterval(() => {
      const method = this.requests.length % 5 === 0 ? 'POST' : 'GET';
      this.requests.push(
        askSite(lab.access.site, '/', { method, timeout: 20_000 }).then(
          ({ ok, text }) => ({ at: Date.now(), release: ok ? text : undefined }),
          () => ({ at: Date.now() }),
        ),
      );
    }, 100).unref();
  }

  async end(): Promise<readonly Seen[]> {
    clearInterval(this.timer);
    return Promise.all(this.requests);
  }
}
