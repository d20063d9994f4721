import { join } from 'node:path';
import { beforeEnd, endStarted } from '../../lab/common/end-with-npm';
import { InstalledPackage } from '../../lab/testing/installed-package';
import { DigitalOcean } from './emulator/digitalocean';
import { CALLS, type Emulator } from './emulator/emulator';
import { MOTO, Moto, MotoInstallation } from './emulator/moto';
import type { Command } from './emulator/server-process';
import { percentile } from './generators';
import { circumstances, median, table, writeSection } from './results';

/** How soon the API alone serves, and what it bears with 10, 100 and 1,000 droplets (records only): packed, as its users have it. */

const PROJECT = join(__dirname, '..', '..');
const STARTS = 7;
const SIZES = [10, 100, 1000];
/** Clients that ask at the same time. */
const CLIENTS = 50;
/** Milliseconds that each kind of call is measured. */
const DURATION = 2000;

/** What is wanted of the packed API, on 2 cores, with the most droplets. */
const GOALS = { firstAnswer: 600, pages: 1000, creates: 1500, longest: 1000, memory: 150 };
const PAGE = 1 + CALLS.indexOf('a page of 200');

/** Folders that are not to be left behind. */
const installations = new Set<{ remove(): void }>();

async function end(): Promise<void> {
  endStarted();
  for (const installation of installations) installation.remove();
}

/** The command whose median is held against the goal comes last. */
async function measureStart(commands: readonly Command[]): Promise<string> {
  const rows: string[][] = [];
  let goal = '';
  for (const command of commands) {
    const times: number[] = [];
    for (let run = 0; run < STARTS; run++) {
      const { api, ms } = await DigitalOcean.start(command);
      await api.server.stop();
      times.push(ms);
    }
    const figures = [median(times), Math.min(...times), Math.max(...times)];
    rows.push([`\`${command.words.join(' ')}\``, ...figures.map((ms) => ms.toFixed(0))]);
    goal = line('its first answer, ms', median(times), 'most', GOALS.firstAnswer);
  }
  return [
    `From the command to the first answer, ${STARTS} runs, in ms:`,
    '',
    table(['command', 'median', 'least', 'most'], rows),
    '',
    `The last is the packed API itself:`,
    '',
    goal,
  ].join('\n');
}

interface Measured {
  readonly perSecond: number;
  /** Milliseconds of each answer. */
  readonly times: readonly number[];
}

/** Does something by several clients at once until `isOver`. */
async function measure(work: () => Promise<unknown>, isOver: () => boolean): Promise<Measured> {
  const begin = performance.now();
  const times: number[] = [];
  const client = async () => {
    while (!isOver()) {
      const asked = performance.now();
      await work();
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { perSecond: (times.length * 1000) / (performance.now() - begin), times };
}

/** Creates machines up to a number. */
function fill(emulator: Emulator, from: number, to: number): Promise<Measured> {
  let next = from;
  return measure(
    () => emulator.create(next++),
    () => next >= to,
  );
}

/** The creates up to each size, and then each call, in columns by size. */
async function measureCalls(emulator: Emulator, sizes: readonly number[]): Promise<Measured[][]> {
  const columns: Measured[][] = [];
  for (const [index, size] of sizes.entries()) {
    const column = [await fill(emulator, sizes[index - 1] ?? 0, size)];
    await new Promise((resolve) => setTimeout(resolve, 1500)); // all of them are active
    const calls = await emulator.calls();
    for (const name of CALLS) {
      const end = performance.now() + DURATION;
      column.push(await measure(calls[name], () => performance.now() > end));
    }
    columns.push(column);
  }
  return columns;
}

async function measureApi(command: Command): Promise<{ columns: Measured[][]; memory: number }> {
  const { api } = await DigitalOcean.start(command);
  try {
    await api.prepare();
    return { columns: await measureCalls(api, SIZES), memory: api.server.memory() };
  } finally {
    await api.server.stop();
  }
}

/** The column of moto with the most machines, or why there is none. */
async function measureMoto(): Promise<{ column: Measured[]; memory: number } | string> {
  const installation = new MotoInstallation();
  installations.add(installation);
  const obstacle = await installation.install().then(
    () => undefined,
    (error: Error) => error.message.split('\n')[0],
  );
  if (obstacle !== undefined) return obstacle;
  const moto = await Moto.start(installation);
  try {
    const [column = []] = await measureCalls(moto, SIZES.slice(-1));
    return { column, memory: moto.server.memory() };
  } finally {
    await moto.server.stop();
  }
}

const NAMES = ['create', ...CALLS];

function rates(columns: readonly (readonly Measured[])[]): string {
  const figures = (row: number) => columns.map((column) => column[row]?.perSecond.toFixed(0) ?? '');
  return [
    `Calls a second, by ${CLIENTS} clients on the same machine, with so many droplets in the account:`,
    '',
    table(
      ['call', ...SIZES.map(String)],
      NAMES.map((name, row) => [name, ...figures(row)]),
    ),
    '',
    'The first creates are also the first calls of the process.',
  ].join('\n');
}

/** How long answers take. */
function delays(column: readonly Measured[]): string {
  const figures = ({ times }: Measured) =>
    [50, 99, 100].map((percent) => percentile(times, percent).toFixed(0));
  return [
    `Milliseconds of an answer, with ${SIZES.at(-1)} droplets:`,
    '',
    table(
      ['call', 'p50', 'p99', 'longest'],
      column.map((call, row) => [NAMES[row] ?? '', ...figures(call)]),
    ),
  ].join('\n');
}

const line = (what: string, value: number, bound: 'least' | 'most', goal: number) =>
  `- ${what}: **${value.toFixed(0)}** (goal: at ${bound} ${goal}; ${(bound === 'least' ? value >= goal : value <= goal) ? 'met' : 'missed'})`;

/** What became of the goals, with the most droplets. */
function judgement(column: readonly Measured[], memory: number): string {
  const longest = Math.max(...column.map(({ times }) => percentile(times, 100)));
  return [
    `With ${SIZES.at(-1)} droplets:`,
    '',
    line('creates a second', column[0]?.perSecond ?? 0, 'least', GOALS.creates),
    line(`${NAMES[PAGE]}, calls a second`, column[PAGE]?.perSecond ?? 0, 'least', GOALS.pages),
    line('the longest answer of any call, ms', longest, 'most', GOALS.longest),
    line('the most memory until then, MiB', memory, 'most', GOALS.memory),
  ].join('\n');
}

/** The same kinds of calls to the emulator of another cloud. */
function comparison(column: readonly Measured[], moto: Awaited<ReturnType<typeof measureMoto>>): string {
  if (typeof moto === 'string') return `${MOTO} could not be had to compare: ${moto}`;
  const [create, ...calls] = moto.column;
  const row = (call: Measured | undefined, index: number) => [
    NAMES[index] ?? '',
    ...[column[index], call].flatMap((one) => [
      one?.perSecond.toFixed(0) ?? '',
      percentile(one?.times ?? [], 100).toFixed(0),
    ]),
  ];
  return [
    `Beside ${MOTO}, the emulator of another cloud that is known best, by the same ${CLIENTS} clients with ${SIZES.at(-1)} of its machines (\`RunInstances\`, \`DescribeInstances\`; it had ${moto.memory} MiB):`,
    '',
    table(['call', 'a second', 'longest, ms', "moto's a second", 'longest, ms'], [create, ...calls].map(row)),
  ].join('\n');
}

async function main(): Promise<void> {
  beforeEnd(end);
  try {
    const installed = new InstalledPackage();
    installations.add(installed);
    const packed = {
      words: ['node', 'node_modules/digitalocean-lab/dist/cli.js', 'api'],
      cwd: installed.folder,
    };
    const starts = [
      { words: ['npm', 'run', '-s', 'lab', '--', 'api'], cwd: PROJECT },
      { words: ['npx', '--no', 'digitalocean-lab', 'api'], cwd: installed.folder },
      packed,
    ];
    const start = await measureStart(starts);
    const { columns, memory } = await measureApi(packed);
    const most = columns.at(-1) ?? [];
    const parts = [start, rates(columns), delays(most), judgement(most, memory)];
    const beside = comparison(most, await measureMoto());
    writeSection('The API alone', ['`npm run bench -- api`', circumstances(), ...parts, beside].join('\n\n'));
    console.log('Written to docs/results.md.');
  } finally {
    await end();
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
