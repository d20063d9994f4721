import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../control';
import { down, remains } from '../down';
import { enter } from '../droplet/enter';
import { stateOf } from '../droplet/paths';
import type { LabStatus } from '../lab';
import { runtimeOf } from '../places';
import { Progress } from '../progress';
import { attempt } from '../run';
import { whyNoLab } from '../system';
import { type Up, up } from '../up';

const LAB = 'default-stack-test';
const MINUTES = 60_000;
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

(isRoot ? describe : describe.skip)('a lab of the default stack (not run without root on Linux)', () => {
  let lab: Up;
  const get = (path: string) => fetch(`${lab.access.siteUrl}${path}`, { signal: AbortSignal.timeout(2000) });
  const status = () => ask<LabStatus>(LAB, 'GET', '/status');
  const holder = async () => Object.values((await status()).reservedIps)[0];

  /** Every droplet's answer to a command, by name. */
  async function everywhere(...command: string[]): Promise<Record<string, string>> {
    const { droplets } = await status();
    const answers = droplets.map(async ({ name, leader }) => {
      const { stdout } = await attempt([...enter(leader ?? 0), ...command], { timeout: 60_000 });
      return [name, stdout.trim()];
    });
    return Object.fromEntries(await Promise.all(answers));
  }

  async function eventually(what: () => Promise<boolean>, seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await what().catch(() => false))) {
      if (Date.now() > deadline) {
        throw new Error(`Not within ${seconds} s: ${what}`);
      }
      await sleep(250);
    }
  }

  beforeAll(async () => {
    expect(await whyNoLab()).toBeUndefined();
    const progress = new Progress((line) => process.stderr.write(`${line}\n`));
    lab = await up({ name: LAB, port: 0, apply: 'direct', flows: 'stay', progress });
  }, 12 * MINUTES);

  afterAll(() => down(LAB), MINUTES);

  test('answers through DNS, Reserved IP, HAProxy, Nginx, app and MySQL, and reads back what it wrote', async () => {
    const written = await fetch(`${lab.access.siteUrl}/notes`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'a note' }),
    });
    expect(written.status).toBe(201);
    const { id } = (await written.json()) as { id: number };
    expect(await (await get(`/notes/${id}`)).json()).toMatchObject({
      text: 'a note',
      droplet: 'production-app-1',
    });
  });

  test('serves static files from Nginx without touching the app', async () => {
    const file = await get('/static/home.css');
    expect(file.status).toBe(200);
    expect(file.headers.get('x-served-by')).toBeNull();
    expect((await get('/')).headers.get('x-served-by')).toBe('production-app-1');
  });

  test('has set up every droplet by cloud-init, without a failed unit', async () => {
    expect(new Set(Object.values(await everywhere('cloud-init', 'status', '--wait')))).toEqual(
      new Set(['status: done']),
    );
    expect(new Set(Object.values(await everywhere('systemctl', '--failed', '--no-legend')))).toEqual(
      new Set(['']),
    );
  });

  test('lets nobody but root on a load balancer read the token', async () => {
    const asNobody =
      'setpriv --reuid=nobody --clear-groups cat /etc/scale-up/secrets/reserved-ip-token 2>/dev/null';
    const answers = await everywhere('sh', '-c', `${asNobody}; true`);
    expect(new Set(Object.values(answers))).toEqual(new Set(['']));
  });

  test(
    'moves the Reserved IP when its holder loses power, and not back when that returns',
    async () => {
      const before = await holder();
      await ask(LAB, 'POST', `/droplets/${before}/power-off`);
      const cut = Date.now();
      await eventually(async () => (await get('/-/ready')).ok && (await holder()) !== before, 30);
      process.stderr.write(`Failover: service was back ${Date.now() - cut} ms after the power went\n`);
      const after = await holder();
      await ask(LAB, 'POST', `/droplets/${before}/power-on`);
      await eventually(async () => (await get('/-/redundancy')).ok, 60);
      expect(await holder()).toBe(after);
    },
    2 * MINUTES,
  );

  test(
    'is whole again after a reboot of all droplets at once',
    async () => {
      const { droplets } = await status();
      await Promise.all(droplets.map(({ name }) => ask(LAB, 'POST', `/droplets/${name}/reboot`)));
      await eventually(async () => (await get('/-/redundancy')).ok && (await get('/')).ok, 120);
      expect(new Set(Object.values(await everywhere('systemctl', '--failed', '--no-legend')))).toEqual(
        new Set(['']),
      );
    },
    4 * MINUTES,
  );

  test(
    'leaves nothing when it goes down',
    async () => {
      await down(LAB);
      expect(await remains(LAB)).toBe(false);
      expect([existsSync(stateOf(LAB)), existsSync(runtimeOf(LAB))]).toEqual([false, false]);
      expect(
        spawnSync('sh', [
          '-c',
          `mount | grep ${LAB}; ip netns | grep ${LAB}; losetup --list | grep ${LAB}`,
        ]).stdout.toString(),
      ).toBe('');
    },
    MINUTES,
  );
});
