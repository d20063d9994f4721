import { setTimeout as sleep } from 'node:timers/promises';
import { declaredPassages, passages, somePorts } from '../reachability/reachability';
import { eventually, Load, type Settings, TestLab, troubledUnits } from './test-lab';

const MINUTE = 60_000;
/** HAProxy still knows for a minute whom it asked before. */
const FORGOTTEN = 70_000;

describe('a lab of a stack that grows', () => {
  let lab: TestLab;

  beforeAll(async () => {
    lab = await TestLab.start('growing-stack-test');
  }, 12 * MINUTE);

  afterAll(() => lab?.end(), MINUTE);

  const passed = async (randomPorts: number) =>
    (await passages(lab.name, await somePorts(lab.name, randomPorts))).passages;

  /** Applies under load, of which nothing may fail, no alert may come, and no droplet but the named ones come, go or reboot. */
  async function grow(settings: Settings, changed: string[], replace: string[] = []): Promise<void> {
    const before = await bootsOf(lab);
    const load = new Load(lab);
    // What DigitalOcean's uptime check asks, each second instead of each minute.
    const check = new Load(lab, '/-/redundancy', 1);
    const changes = await lab.apply(settings, { replace });
    const droplets = changes.filter(({ address }) => address.startsWith('digitalocean_droplet.'));
    expect(droplets.map(({ action, address }) => `${action} ${address.split('.')[1]}`).sort()).toEqual(
      changed,
    );
    const others = Object.entries(before).filter(
      ([name]) => !changed.some((line) => name.endsWith(line.split(' ')[1] ?? '')),
    );
    expect(await bootsOf(lab)).toMatchObject(Object.fromEntries(others));
    const everySize = settings as { web?: { count?: number }; app?: { count?: number } };
    const took = await eventually(
      () => isSpread(lab, everySize.web?.count ?? 1, everySize.app?.count ?? 1),
      300, // on a machine that is busy
    );
    const { sent, failed } = await load.end();
    process.stderr.write(
      `${changed.join(', ')}: traffic reaches all after ${took} ms; ${sent} requests meanwhile\n`,
    );
    expect(failed).toEqual([]);
    // One that is given up is missed until the load balancers look its name up again, a quarter of a minute later: no alert is so quick.
    const isGivenUp = changed.some((line) => line.startsWith('delete '));
    if (!isGivenUp) await sleep(FORGOTTEN);
    const alarms = (await check.end()).failed;
    if (!isGivenUp) expect(alarms).toEqual([]);
  }

  test(
    'sends traffic to new web servers within a minute and touches no other droplet',
    async () => {
      await grow({ web: { count: 3 } }, ['create web-2', 'create web-3']);
    },
    10 * MINUTE,
  );

  test(
    'sends traffic to a new app server within a minute and touches no other droplet',
    async () => {
      await grow({ web: { count: 3 }, app: { count: 2 } }, ['create app-2']);
    },
    10 * MINUTE,
  );

  test(
    'gives up a web server and touches no other droplet',
    async () => {
      await grow({ web: { count: 2 }, app: { count: 2 } }, ['delete web-3']);
    },
    10 * MINUTE,
  );

  test(
    'replaces a web and an app server',
    async () => {
      await grow(
        { web: { count: 2 }, app: { count: 2 } },
        ['replace app-1', 'replace web-1'],
        ['digitalocean_droplet.app-1', 'digitalocean_droplet.web-1'],
      );
    },
    10 * MINUTE,
  );

  test(
    'lets exactly the declared flows pass, and shows a rule too few and one too many',
    async () => {
      const declared = await declaredPassages(lab.name);
      expect(await passed(200)).toEqual(declared);

      const { firewalls } = await lab.api('GET', '/v2/firewalls');
      const guard = firewalls.find(({ name }: { name: string }) => name === 'production-database');
      const tooFew = { ...guard, inbound_rules: guard.inbound_rules.slice(1) };
      await lab.api('PUT', `/v2/firewalls/${guard.id}`, tooFew);
      await eventually(async () => (await passed(10)).length < declared.length, 10);
      const missing = (found: readonly string[]) => declared.filter((passage) => !found.includes(passage));
      expect(missing(await passed(10))).toEqual(
        [1, 2].map((n) => `production-app-${n} -> production-database-1: tcp/3306`),
      );

      const rule = { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } };
      await lab.api('PUT', `/v2/firewalls/${guard.id}`, {
        ...guard,
        inbound_rules: [...guard.inbound_rules, rule],
      });
      await eventually(async () => (await passed(10)).length > declared.length, 10);
      const found = await passed(10);
      expect(found.filter((passage) => !declared.includes(passage))).toEqual([
        'client -> production-database-1: tcp/22',
      ]);
    },
    MINUTE,
  );

  test(
    'keeps every row and password when the database droplet is replaced, and nobody else',
    async () => {
      const { id } = JSON.parse((await lab.write('older than the droplet')).text) as { id: number };
      const before = await bootsOf(lab);
      const settings = { web: { count: 2 }, app: { count: 2 } };
      const changes = await lab.apply(settings, { replace: ['digitalocean_droplet.database-1'] });
      expect(changes.map(({ action, address }) => `${action} ${address}`)).toEqual(
        expect.arrayContaining([
          'replace digitalocean_droplet.database-1',
          'update digitalocean_record.dns-database-1',
        ]),
      );
      const took = await eventually(async () => (await lab.get(`/notes/${id}`)).ok, 240);
      process.stderr.write(`Database droplet replaced: its rows were readable ${took} ms after the apply\n`);
      // MySQL is restarted once more while the droplet is set up, and an app server may learn of its address later than the other.
      await lab.exec(await lab.droplet('database-1'), ['cloud-init', 'status', '--wait']);
      await eventually(async () => (await lab.write('newer than the droplet')).status === 201, 30);
      const found = async () => JSON.parse((await lab.get(`/notes/${id}`)).text).text;
      await eventually(async () => (await found()) === 'older than the droplet', 30);
      const { 'production-database-1': old, ...others } = before;
      const after = await bootsOf(lab);
      expect(after).toMatchObject(others);
      expect(after['production-database-1']).not.toBe(old);
      await eventually(() => lab.isWhole(), 60);
      expect(await troubledUnits(lab)).toEqual([]);
    },
    10 * MINUTE,
  );
});

/** Which boot of which droplet it is that runs under each name. */
async function bootsOf(lab: TestLab): Promise<Record<string, string>> {
  const droplets = await lab.droplets();
  return Object.fromEntries(droplets.map(({ name, id, initPid }) => [name, `${id}, process ${initPid}`]));
}

/** Whether each web and app server has had a request in the last few seconds. */
async function isSpread(lab: TestLab, web: number, app: number): Promise<boolean> {
  const seen = await lab.everywhere(
    'journalctl',
    '--since=-5s',
    '--no-pager',
    '--identifier=nginx',
    '--output=cat',
  );
  const busy = Object.entries(seen).filter(
    ([name, lines]) => name.includes('-web-') && lines.includes('GET /'),
  );
  const apps = new Set<unknown>();
  for (let i = 0; i < 10; i++) apps.add((await lab.get('/')).headers['x-served-by']);
  return busy.length === web && apps.size === app;
}
