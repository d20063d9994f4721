import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from '../../lab/common/run';
import { stateOf } from '../../lab/droplet/state-paths';
import { ask } from '../../lab/instance/control-api';
import { down, remains } from '../../lab/instance/down';
import { logsOf, SUMMARY } from '../../lab/instance/keep-logs';
import type { LabAccess } from '../../lab/instance/lab';
import { processFile, runtimeOf } from '../../lab/instance/runtime-paths';
import { askSite } from '../../lab/stack/site';

const MINUTE = 60_000;
const ONE = 'life-test-1';
const OTHER = 'life-test-2';
const DEPLOYING = /Droplets are installing/;
const READY = /The stack runs/;

const LAB = ['--require', 'ts-node/register', join(__dirname, '../../lab/cli.ts')];

/** A command about labs, as a user has it in a terminal. */
class LabCommand {
  readonly ended: Promise<number>;
  readonly lines: string[] = [];
  private readonly process: ChildProcess;

  constructor([command = '', ...words]: readonly string[]) {
    this.process = spawn(command, words, {
      cwd: resolve(__dirname, '../..'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // "close" and not "exit": by then every line has arrived.
    this.ended = once(this.process, 'close').then(([status, signal]) => status ?? signal);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => this.lines.push(line));
    }
  }

  /** Resolves to what the first line that fits says in its brackets. */
  async says(pattern: RegExp): Promise<string> {
    let ended = false;
    void this.ended.then(() => (ended = true));
    for (;;) {
      const last = ended;
      const found = this.lines.map((line) => pattern.exec(line)).find(Boolean);
      if (found) return found[1] ?? found[0];
      if (last) throw new Error(`It ended without a word like ${pattern}:\n${this.lines.join('\n')}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Resolves when all that it started has ended: whoever still ran would hold its output open. */
  async isGone(): Promise<void> {
    await Promise.race([
      this.ended,
      sleep(MINUTE / 2, undefined, { ref: false }).then(() =>
        Promise.reject(new Error('Something of it still runs.')),
      ),
    ]);
  }
}

/** `npm run lab -- up`. */
class UpCommand extends LabCommand {
  constructor(
    private readonly name: string,
    run: readonly string[] = [process.execPath, ...LAB],
  ) {
    super([...run, 'up', `--name=${name}`, '--port=0', '--apply=direct']);
  }

  /** Kills the command and the lab's process as nothing can be prepared for. */
  killAll(): void {
    this.signal('SIGKILL');
    process.kill(labProcess(this.name), 'SIGKILL');
  }
}

describe('a lab', () => {
  afterAll(async () => {
    await Promise.all([down(ONE), down(OTHER)]);
    for (const name of [ONE, OTHER]) rmSync(logsOf(name), { recursive: true, force: true });
  }, MINUTE);

  test(
    'leaves nothing but its logs when its start is interrupted by Ctrl-C',
    async () => {
      const up = new UpCommand(ONE);
      await up.says(DEPLOYING);
      while (!lab('logs', 'web-1').includes('systemd[1]')) await sleep(100);
      up.signal('SIGINT');
      expect(await up.ended).toBe(130);
      expect(await leftOf(ONE)).toEqual([]);
      const folder = await up.says(/wrote is in (\S+);/);
      const kept = readdirSync(folder);
      expect(kept).toEqual(
        expect.arrayContaining(['lab.log', 'events.jsonl', 'production-web-1.journal', SUMMARY]),
      );
      expect(
        kept.filter((name) => !/^(production-.*|lab|events|authority|summary)\.[.a-z-]+$/.test(name)),
      ).toEqual([]);
      expect(readFileSync(join(folder, 'production-web-1.journal'), 'utf8')).toMatch(
        / production-web-1 systemd\[1\]: /,
      );
      expect(readFileSync(join(folder, SUMMARY), 'utf8')).toMatch(
        /^--- production-load-balancer-1\.journal$/m,
      );
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    },
    3 * MINUTE,
  );

  test(
    'leaves nothing when the npm that starts it is ended',
    async () => {
      const up = new UpCommand(ONE, ['npm', 'run', '--silent', 'lab', '--']);
      await up.says(DEPLOYING);
      up.signal('SIGTERM');
      await up.says(/Interrupted/);
      await up.ended;
      expect(await leftOf(ONE)).toEqual([]);
    },
    3 * MINUTE,
  );

  test.each([/is read/, /Images are ready/, DEPLOYING])(
    'that is just starting (%s) is taken down by down, and by two of them as by one',
    async (moment) => {
      const up = new UpCommand(ONE);
      await up.says(moment);
      const said = await Promise.all([labInParallel('down'), labInParallel('down')]);
      expect(await leftOf(ONE)).toEqual([]);
      for (const words of said)
        expect(words).toMatch(/^(The lab "life-test-1" is gone|There is no lab "life-test-1")\.\n$/);
      expect(await up.ended).toBe(1);
      await up.says(/was taken down while it started/);
    },
    3 * MINUTE,
  );

  test(
    'that was killed at its start is cleared away by down, which then finds nothing',
    async () => {
      const up = new UpCommand(ONE);
      await up.says(DEPLOYING);
      up.killAll();
      await up.ended;
      expect(lab('status')).toMatch(/died\. `npm run lab -- down --name life-test-1` clears/);
      expect(lab('down')).toBe(`The lab "${ONE}" is gone.\n`);
      expect(await leftOf(ONE)).toEqual([]);
      expect(lab('down')).toBe(`There is no lab "${ONE}".\n`);
      expect(lab('status')).toMatch(/^No lab named .* is running; `npm run lab -- up` starts one/);
    },
    3 * MINUTE,
  );

  test(
    'starts over what a killed one left, runs beside another one, and dies alone',
    async () => {
      const first = new UpCommand(ONE);
      await first.says(DEPLOYING);
      first.killAll();
      await first.ended;

      const [one, other] = [new UpCommand(ONE), new UpCommand(OTHER)];
      await one.says(/Clearing away what an earlier lab left behind/);
      const twin = new UpCommand(ONE);
      await twin.says(/Waiting for who is starting the lab/);
      await Promise.all([one.says(READY), other.says(READY)]);
      expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0]);
      const [site, otherSite] = [await siteIn(ONE), await siteIn(OTHER)];
      const body = String(new URLSearchParams({ text: 'only in the first' }));
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await askSite(site, '/notes', { method: 'POST', body, headers })).status).toBeLessThan(400);
      expect((await askSite(site, '/')).text).toContain('only in the first');
      expect((await askSite(otherSite, '/')).text).not.toContain('only in the first');
      expect(await twin.ended).toBe(1);
      await twin.says(/is running already.*down.*--name/);

      for (const [words, said] of ENDLESS) {
        const endless = new LabCommand(['npm', 'run', '--silent', 'lab', '--', ...words]);
        await endless.says(said);
        endless.signal('SIGKILL');
        await endless.isGone();
      }

      process.kill(labProcess(ONE), 'SIGKILL');
      expect(lab('down')).toBe(`The lab "${ONE}" is gone.\n`);
      expect(await leftOf(ONE)).toEqual([]);
      expect((await askSite(otherSite, '/')).status).toBe(200);
      await down(OTHER);
      expect(await leftOf(OTHER)).toEqual([]);
    },
    20 * MINUTE,
  );
});

/** What a command about the first lab says. */
function lab(...command: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [...LAB, ...command, `--name=${ONE}`], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

async function labInParallel(command: string): Promise<string> {
  const { stdout, stderr } = await attempt([process.execPath, ...LAB, command, `--name=${ONE}`]);
  return stdout + stderr;
}

/** Commands that go on until they are ended, each with something that it says. */
const ENDLESS: readonly (readonly [words: readonly string[], said: RegExp])[] = [
  [['events', `--name=${ONE}`], /reserved-ip/],
  [['logs', '--follow', `--name=${ONE}`, 'web-1'], /production-web-1/],
  [['exec', `--name=${ONE}`, 'web-1', 'sh', '-c', 'echo begun; sleep 600'], /begun/],
];

function labProcess(name: string): number {
  return Number(readFileSync(processFile(name), 'utf8'));
}

const siteIn = async (name: string) => (await ask<LabAccess>(name, 'GET', '/access')).site;

/** Whatever of a lab is still on the machine. */
async function leftOf(name: string): Promise<string[]> {
  const looks = [
    'cat /proc/mounts',
    'ip netns',
    'losetup --list',
    'find /sys/fs/cgroup -type d',
    'ps -ef',
    'ls /run/netns',
  ];
  const found = looks.filter((look) => {
    // The test's own name is in nobody's command line but a lab's.
    return spawnSync('sh', ['-c', look], { encoding: 'utf8' }).stdout.includes(name);
  });
  const folders = [stateOf(name), runtimeOf(name)].filter((folder) => existsSync(folder));
  return [...found, ...folders, ...((await remains(name)) ? ['remains'] : [])];
}
