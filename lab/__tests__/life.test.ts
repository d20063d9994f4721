import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ask } from '../control';
import { down, remains } from '../down';
import { stateOf } from '../droplet/paths';
import type { LabAccess } from '../lab';
import { processFile, runtimeOf } from '../places';
import { askSite } from '../site';

const MINUTE = 60_000;
const ONE = 'life-test-1';
const OTHER = 'life-test-2';
const DEPLOYING = /Droplets are installing/;
const READY = /The stack runs/;

/** `npm run lab -- up`, as a user has it in a terminal. */
class UpCommand {
  readonly ended: Promise<number>;
  readonly lines: string[] = [];
  private readonly process: ChildProcess;

  constructor(private readonly name: string) {
    this.process = spawn(process.execPath, [...LAB, 'up', `--name=${name}`, '--port=0', '--apply=direct'], {
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
      if (last) throw new Error(`up ended without a word like ${pattern}:\n${this.lines.join('\n')}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Kills the command and the lab's process as nothing can be prepared for. */
  killAll(): void {
    this.signal('SIGKILL');
    process.kill(labProcess(this.name), 'SIGKILL');
  }
}

describe('a lab', () => {
  afterAll(() => Promise.all([down(ONE), down(OTHER)]), MINUTE);

  test(
    'leaves nothing when its start is interrupted by Ctrl-C',
    async () => {
      const up = new UpCommand(ONE);
      await up.says(DEPLOYING);
      up.signal('SIGINT');
      expect(await up.ended).toBe(130);
      expect(await leftOf(ONE)).toEqual([]);
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
      expect(lab('status')).toMatch(/^No lab named .* is running; `npm run lab` starts one/);
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
      await Promise.all([one.says(READY), other.says(READY)]);
      expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0]);
      const [site, otherSite] = [await siteIn(ONE), await siteIn(OTHER)];
      const body = String(new URLSearchParams({ text: 'only in the first' }));
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await askSite(site, '/notes', { method: 'POST', body, headers })).status).toBeLessThan(400);
      expect((await askSite(site, '/')).text).toContain('only in the first');
      expect((await askSite(otherSite, '/')).text).not.toContain('only in the first');
      const second = new UpCommand(ONE);
      expect(await second.ended).toBe(1);
      expect(second.lines.join('\n')).toMatch(/is running already.*down.*--name/);

      process.kill(labProcess(ONE), 'SIGKILL');
      expect(lab('down')).toBe(`The lab "${ONE}" is gone.\n`);
      expect(await leftOf(ONE)).toEqual([]);
      expect((await askSite(otherSite, '/')).status).toBe(200);
      await down(OTHER);
      expect(await leftOf(OTHER)).toEqual([]);
    },
    8 * MINUTE,
  );
});

const LAB = ['--require', 'ts-node/register', join(__dirname, '..', 'cli.ts')];

/** What a command about the first lab says. */
function lab(command: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [...LAB, command, `--name=${ONE}`], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

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
