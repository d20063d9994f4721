import { constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../common/until';

const TREE = 'digitalocean-lab';
const CONTROLLERS = ['cpu', 'memory', 'pids'];
/** A lab is many machines. On a busy one it would else get as much of the processors as any single process that runs beside it. */
const MACHINES = 4;
/** Groups above those of droplets: that of all labs, and that of one. */
const LAB_DEPTH = 2;
/** Of a file that is not there, and of one whose group goes while it is open. */
const GONE = ['ENOENT', 'ENODEV'];

/** The groups that hold all processes of one droplet, or of everything in a lab when no droplet is named. */
export class Cgroup {
  /** One folder per mounted hierarchy: one on a machine with cgroup v2 alone, several where v1 is in use. */
  readonly folders: readonly string[];
  private readonly path: readonly string[];

  constructor(lab: string, dropletId?: number) {
    this.path = [TREE, lab, ...(dropletId === undefined ? [] : [String(dropletId)])];
    this.folders = hierarchies().map((mount) => join(mount, ...this.path));
  }

  async create(): Promise<void> {
    for (const mount of hierarchies()) {
      let parent = mount;
      for (const [depth, name] of this.path.entries()) {
        for (const controller of CONTROLLERS) await set(parent, 'cgroup.subtree_control', `+${controller}`);
        parent = join(parent, name);
        await mkdir(parent, { recursive: true });
        if (depth < LAB_DEPTH) await weigh(parent, MACHINES);
      }
    }
  }

  /** Limits memory (MiB) and processor time (in whole processors). */
  async limit(memory: number, processors: number): Promise<void> {
    for (const folder of this.folders) {
      await set(folder, 'memory.max', `${memory}M`);
      await set(folder, 'memory.limit_in_bytes', `${memory}M`);
      await set(folder, 'cpu.max', `${processors * 100_000} 100000`);
      await set(folder, 'cpu.cfs_quota_us', `${processors * 100_000}`);
    }
  }

  /** What it gets of the processors where they don't suffice, against 1 for others. */
  async weigh(share: number): Promise<void> {
    for (const folder of this.folders) await weigh(folder, share);
  }

  processes(): number[] {
    return [...new Set(this.folders.flatMap(processesBelow))];
  }

  /** The droplet's own process 1, as this machine numbers it; undefined when it isn't running. */
  initPid(): number | undefined {
    return this.processes().find((pid) => {
      const status = read(`/proc/${pid}/status`);
      // systemd-nspawn's own child is process 1 of the droplet for a moment, until it becomes systemd.
      return /^NSpid:\t\d+\t1$/m.test(status) && !/^Name:\t(systemd-nspawn|\(sd-)/m.test(status);
    });
  }

  /** Kills every process at once, and resolves when they are gone. */
  async kill(): Promise<void> {
    const killed = async () => {
      const pids = this.processes();
      if (pids.length === 0) return true;
      for (const folder of this.folders) await set(folder, 'cgroup.kill', '1');
      for (const pid of pids) tryKill(pid);
      return false;
    };
    const otherwise = () =>
      `Processes ${this.processes().join(', ')} of ${this.path.join('/')} can't be killed.`;
    await until(killed, { within: 10_000, otherwise, pause: 20 });
  }

  /**
   * Removes the groups, which must hold no process. Groups that were killed have to be removed: Linux 6.18 also kills
   * what systemd later starts in them (by clone3 with CLONE_INTO_CGROUP).
   */
  async remove(): Promise<void> {
    for (const folder of this.folders) await removeTree(folder);
  }
}

function hierarchies(): string[] {
  const mounts = read('/proc/self/mounts')
    .split('\n')
    .map((line) => line.split(' '));
  const wanted = [...CONTROLLERS, 'name=systemd'];
  const found = mounts.flatMap(([, path = '', type, options = '']) => {
    const used =
      type === 'cgroup2' || (type === 'cgroup' && options.split(',').some((o) => wanted.includes(o)));
    return used ? [path] : [];
  });
  if (found.length === 0) throw new Error('No control groups are mounted below /sys/fs/cgroup.');
  return found;
}

/**
 * Writes a setting where the hierarchy has it; v1 and v2 have different ones. A controller that v2 does not have is refused like a file
 * that is not there. @throws one sentence when the kernel refuses the setting itself
 */
async function set(folder: string, file: string, value: string): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, value, { flag: constants.O_WRONLY }).catch(({ code }: NodeJS.ErrnoException) => {
    if (!GONE.includes(code ?? '')) throw new Error(`The kernel refuses "${value}" in ${path}: ${code}.`);
  });
}

async function weigh(folder: string, share: number): Promise<void> {
  await set(folder, 'cpu.weight', `${Math.round(share * 100)}`);
  await set(folder, 'cpu.shares', `${Math.round(share * 1024)}`);
}

function processesBelow(folder: string): number[] {
  const own = read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
  return [...own, ...children(folder).flatMap(processesBelow)];
}

async function removeTree(folder: string): Promise<void> {
  for (const child of children(folder)) await removeTree(child);
  // The kernel may need a moment to see that the last process is gone.
  for (let attempts = 0; existsSync(folder) && attempts < 100; attempts++) {
    await rmdir(folder).catch(() => sleep(20));
  }
}

function children(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // gone in the meantime
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone in the meantime
  }
}
