import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, type RunResult } from '../common/run';
import { Cgroup } from '../droplet/cgroup';
import { nameOnDisk } from '../droplet/config-drive';
import { enter } from '../droplet/enter';
import { dropletDirectory, stateOf } from '../droplet/state-paths';
import { authorityLog, eventsFile, logFile, objectStoreLog, registryLog } from './runtime-paths';

/** Where the logs of a lab are kept that failed, or whose test did: below the working directory. */
export const logsOf = (lab: string) => join('lab.out', lab);

export const whereLogsAre = (folder: string) =>
  `What the lab and its droplets wrote is in ${folder}; begin with ${SUMMARY}.`;

/** The last lines of everything, in one file: enough to begin with. */
export const SUMMARY = 'summary.txt';

/** Lines of each droplet, and of each of the lab's own files, in the summary. */
const LAST = 15;
const LONGEST_LINE = 400;
const PATIENCE = 30_000;

/**
 * Writes down what tells why a lab failed, for when it is gone: each droplet's journal, console and cloud-init's logs, whether it is on
 * or off, and what the lab's own process, its registry, its certificate authority and its object store wrote. No keys, no state. Never rejects.
 *
 * @returns the folder, which takes the place of an earlier one; undefined when there is nothing to tell
 */
export async function keepLogs(lab: string, folder = logsOf(lab)): Promise<string | undefined> {
  try {
    const droplets = join(stateOf(lab), 'droplets');
    const ids = await readdir(droplets).catch(() => []);
    if (ids.length === 0 && !existsSync(logFile(lab))) return undefined;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const parts = [await keepOwn(lab, folder)];
    for (const id of ids) parts.push(await keepDroplet(lab, Number(id), folder));
    await writeFile(join(folder, SUMMARY), parts.join('\n'));
    return folder;
  } catch (error) {
    process.stderr.write(`The logs of the lab "${lab}" could not be kept: ${(error as Error).message}\n`);
    return undefined;
  }
}

async function keepOwn(lab: string, folder: string): Promise<string> {
  const files = {
    'lab.log': logFile(lab),
    'events.jsonl': eventsFile(lab),
    'authority.log': authorityLog(lab),
    'registry.log': registryLog(lab),
    'object-store.log': objectStoreLog(lab),
  };
  const parts: string[] = [];
  for (const [name, file] of Object.entries(files)) {
    if (!existsSync(file)) continue;
    await copyFile(file, join(folder, name));
    const lines = (await readFile(file, 'utf8')).split('\n');
    parts.push(
      lastOf(
        name,
        lines.filter((line) => !/"method":"GET".*"status":200/.test(line)),
      ),
    );
  }
  return parts.join('\n');
}

async function keepDroplet(lab: string, id: number, folder: string): Promise<string> {
  const directory = dropletDirectory(lab, id);
  // What it wrote is there without the mount, too.
  const root = [join(directory, 'root'), join(directory, 'upper')].find((at) =>
    existsSync(join(at, 'var/log')),
  );
  if (!root) return '';
  const name = await nameOnDisk(root);
  const journal = (query: readonly string[]) => journalOf(new Cgroup(lab, id).initPid(), root, query);
  const { stdout, stderr } = await journal([]);
  await writeFile(join(folder, `${name}.journal`), stdout || stderr);
  const files = {
    console: join(directory, 'console.log'),
    'cloud-init': join(root, 'var/log/cloud-init.log'),
    'cloud-init-output': join(root, 'var/log/cloud-init-output.log'),
  };
  for (const [kind, file] of Object.entries(files)) {
    if (existsSync(file)) await copyFile(file, join(folder, `${name}.${kind}.log`));
  }
  // Whatever is worse than a notice, and all that the stack's own units say.
  const units = await ownUnits(root);
  const telling = [
    await journal(['--priority=warning']),
    ...(units.length > 0 ? [await journal(units.map((unit) => `--unit=${unit}`))] : []),
  ];
  return lastOf(
    `${name}.journal`,
    [...new Set(telling.flatMap(({ stdout: lines }) => lines.split('\n')))].sort(),
  );
}

/** The units that no package has brought: files in a folder where packages have links only. */
async function ownUnits(root: string): Promise<string[]> {
  const files = await readdir(join(root, 'etc/systemd/system'), { withFileTypes: true }).catch(() => []);
  return files.filter((file) => file.isFile() && file.name.endsWith('.service')).map(({ name }) => name);
}

/** A droplet's journal: asked of the droplet, since the beginning of a first boot is in its memory only, or read from its disk when it is off. */
async function journalOf(
  initPid: number | undefined,
  root: string,
  query: readonly string[],
): Promise<RunResult> {
  const journal = initPid
    ? [...enter(initPid), 'journalctl']
    : ['journalctl', `--directory=${join(root, 'var/log/journal')}`];
  const options = ['--quiet', '--no-pager', '--output=short-iso-precise', ...query];
  return attempt([...journal, ...options], { timeout: PATIENCE });
}

function lastOf(title: string, lines: readonly string[]): string {
  const last = lines.filter(Boolean).slice(-LAST);
  return [`--- ${title}`, ...last.map((line) => line.slice(0, LONGEST_LINE)), ''].join('\n');
}
