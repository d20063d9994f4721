import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEnd } from '../../lab/common/end-with-npm';
import { run } from '../../lab/common/run';
import { Cgroup } from '../../lab/droplet/cgroup';
import { stateOf } from '../../lab/droplet/state-paths';
import { CACHE } from '../../lab/image/images';
import { down } from '../../lab/instance/down';
import { processFile } from '../../lab/instance/runtime-paths';
import { circumstances, median, table, writeSection } from './results';

/** `npm run bench -- lab`: how long a lab needs from nothing to serving, and what it takes of the machine. */

const LAB = 'bench-lab';
const WARM_RUNS = 3;
/** Seconds. */
const GOALS = { cold: 120, warm: 45 };
const NPM = ['npm', 'run', '-s', 'lab', '--'];
const UP = [...NPM, 'up', '--name', LAB, '--port', '0'];
const DOWN = [...NPM, 'down', '--name', LAB];

/** What `up` says at the end of each step. */
const STEPS: Readonly<Record<string, RegExp>> = {
  'stack synthesized': /Stack ".*" is read$/,
  'images ready': /Images are ready$/,
  'API, network, name servers and metadata run': /metadata are running$/,
  'stack applied: all droplets boot': /Droplets are installing their packages$/,
  'the front page answers': /The front page answers/,
  'every server is up, and the certificates are there': /Nothing is missing: /,
  'the command is done': /^The stack runs/,
};

/** Seconds from the start of the command to the end of each step. */
type Times = readonly number[];

/** @param before words that start the command in surroundings of its own */
async function start(before: readonly string[] = []): Promise<Times> {
  const begin = performance.now();
  const seen = new Map<string, number>();
  const onLine = (line: string) => {
    const step = Object.entries(STEPS).find(([, pattern]) => pattern.test(line))?.[0];
    if (step && !seen.has(step)) seen.set(step, (performance.now() - begin) / 1000);
  };
  await run([...before, ...UP], { onLine });
  return Object.keys(STEPS).map((step) => {
    const time = seen.get(step);
    if (time === undefined) throw new Error(`\`up\` has not said: ${step}`);
    return time;
  });
}

/** With an empty folder in the cache's place, which nobody else sees: no image, no layer, no package. */
async function startCold(): Promise<Times> {
  const empty = await mkdtemp(join(tmpdir(), 'scale-up-bench-'));
  const script = `mount --bind ${empty} ${CACHE}; "$@" && ${DOWN.join(' ')}`;
  try {
    return await start(['unshare', '--mount', 'sh', '-ec', script, 'sh']);
  } finally {
    await down(LAB);
    await rm(empty, { recursive: true, force: true });
  }
}

/** What a lab that runs takes, in MiB. */
interface Size {
  readonly memory: number;
  readonly disk: number;
  readonly cache: number;
}

async function size(): Promise<Size> {
  const lab = Number(await readFile(processFile(LAB), 'utf8'));
  const processes = [lab, ...new Cgroup(LAB).processes()];
  const parts = await Promise.all(processes.map(memoryOf));
  return {
    memory: parts.reduce((sum, part) => sum + part, 0) / 1024,
    disk: await diskOf(stateOf(LAB)),
    cache: await diskOf(CACHE),
  };
}

/** KiB of a process, what it shares with others in equal parts. */
async function memoryOf(id: number): Promise<number> {
  const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => ''); // it may have ended
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

async function diskOf(folder: string): Promise<number> {
  const [size] = (await run(['du', '--summarize', '--one-file-system', '--block-size=1M', folder])).split(
    '\t',
  );
  return Number(size);
}

async function main(): Promise<void> {
  const warm: Times[] = [];
  let taken: Size | undefined;
  beforeEnd(() => down(LAB));
  try {
    await start(); // fills the cache
    await down(LAB);
    for (let i = 1; i <= WARM_RUNS; i++) {
      warm.push(await start());
      console.log(`warm, run ${i} of ${WARM_RUNS}: ${warm.at(-1)?.at(-1)?.toFixed(1)} s`);
      taken = await size();
      await down(LAB);
    }
  } finally {
    await down(LAB);
  }
  const cold = await startCold();
  console.log(`cold: ${cold.at(-1)?.toFixed(1)} s`);
  if (taken) writeSection('The lab', section(warm, cold, taken));
  console.log('Written to docs/results.md.');
}

function section(warm: readonly Times[], cold: Times, { memory, disk, cache }: Size): string {
  const rows = Object.keys(STEPS).map((step, i) => {
    const times = warm.map((run) => run[i] ?? Number.NaN);
    const seconds = [median(times), Math.min(...times), Math.max(...times), cold[i] ?? Number.NaN];
    return [step, ...seconds.map((value) => value.toFixed(1))];
  });
  const verdict = (name: keyof typeof GOALS, value: number) =>
    `- ${name}: **${value.toFixed(1)} s** (goal: at most ${GOALS[name]} s; ${value <= GOALS[name] ? 'met' : 'missed'})`;
  return [
    '`npm run bench -- lab`',
    circumstances(),
    `From \`${UP.join(' ')}\` to the end of each step, in seconds, for the default stack. Warm: the images are there, ${WARM_RUNS} runs. Cold: neither images nor packages are there, all comes from Debian's archive, 1 run; the programs that the lab itself needs are installed.`,
    [
      verdict('warm', median(warm.map((times) => times.at(-1) ?? Number.NaN))),
      verdict('cold', cold.at(-1) ?? Number.NaN),
    ].join('\n'),
    table(['', 'warm, median', 'least', 'most', 'cold'], rows),
    `While it runs the lab has ${memory.toFixed(0)} MiB of memory (all its processes, what they share in equal parts) and ${disk.toFixed(0)} MiB on disk; the cache of images and packages, of all labs of the machine, ${(cache / 1024).toFixed(1)} GiB.`,
  ].join('\n\n');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
