import { join } from 'node:path';
import { InstalledPackage } from '../../lab/testing/installed-package';
import { Api, type Command } from './api-process';
import { circumstances, median, table, writeSection } from './results';

/** How soon the API alone serves, and what it bears with 10, 100 and 1,000 droplets (records only): packed, as its users have it. */

const PROJECT = join(__dirname, '..', '..');
const STARTS = 7;
const SIZES = [10, 100, 1000];
/** Clients that ask at the same time. */
const CLIENTS = 50;
/** Milliseconds that each kind of call is measured. */
const DURATION = 2000;
/** Droplets with the tag that is asked for, whatever the number of all. */
const TAGGED = 10;

/** What is wanted of the packed API, on 2 cores, with the most droplets. */
const GOALS = { firstAnswer: 600, pages: 1000, creates: 1500, longest: 1000, memory: 150 };
const PAGE = 'a page of 200';

const CALLS: Readonly<Record<string, string>> = {
  'one droplet': '/v2/droplets/ID',
  'a page of 20': '/v2/droplets',
  [PAGE]: '/v2/droplets?per_page=200',
  'by tag (10 match)': '/v2/droplets?tag_name=ten',
  'by name (1 matches)': '/v2/droplets?name=d-0',
};

async function measureStart(commands: readonly Command[]): Promise<string> {
  const rows: string[][] = [];
  for (const command of commands) {
    const times: number[] = [];
    for (let run = 0; run < STARTS; run++) {
      const { api, ms } = await Api.start(command);
      await api.stop();
      times.push(ms);
    }
    const figures = [median(times), Math.min(...times), Math.max(...times)];
    rows.push([`\`${command.words.join(' ')}\``, ...figures.map((ms) => ms.toFixed(0))]);
  }
  return [
    `From the command to the first answer, ${STARTS} runs, in ms (goal: at most ${GOALS.firstAnswer} for the last, which is the packed API itself):`,
    '',
    table(['command', 'median', 'least', 'most'], rows),
  ].join('\n');
}

interface Measured {
  readonly perSecond: number;
  /** Milliseconds of the longest answer. */
  readonly longest: number;
}

/** Does something by several clients at once until `isOver`. */
async function measure(work: () => Promise<unknown>, isOver: () => boolean): Promise<Measured> {
  const begin = performance.now();
  let [done, longest] = [0, 0];
  const client = async () => {
    while (!isOver()) {
      const asked = performance.now();
      await work();
      longest = Math.max(longest, performance.now() - asked);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { perSecond: (done * 1000) / (performance.now() - begin), longest };
}

/** Creates droplets up to a number. */
function fill(api: Api, from: number, to: number): Promise<Measured> {
  let next = from;
  const create = () => {
    const n = next++;
    const tags = n < TAGGED ? ['all', 'ten'] : ['all'];
    const body = { name: `d-${n}`, region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-13-x64', tags };
    return api.ask('POST', '/v2/droplets', body);
  };
  return measure(create, () => next >= to);
}

/** Every droplet has a tag with a firewall before it, as in the stack. */
async function prepare(api: Api): Promise<void> {
  await api.ask('POST', '/v2/tags', { name: 'all' });
  const rule = { protocol: 'tcp', ports: '80', sources: { tags: ['all'] } };
  await api.ask('POST', '/v2/firewalls', { name: 'all', tags: ['all'], inbound_rules: [rule] });
}

async function measureCalls(command: Command): Promise<string> {
  const { api } = await Api.start(command);
  try {
    await prepare(api);
    const columns: Measured[][] = [];
    for (const [index, size] of SIZES.entries()) {
      const column = [await fill(api, SIZES[index - 1] ?? 0, size)];
      await new Promise((resolve) => setTimeout(resolve, 1500)); // all of them are active
      const [first] = JSON.parse(String(await api.ask('GET', '/v2/droplets?per_page=1'))).droplets;
      for (const path of Object.values(CALLS)) {
        const end = performance.now() + DURATION;
        const ask = () => api.ask('GET', path.replace('ID', first.id));
        column.push(await measure(ask, () => performance.now() > end));
      }
      columns.push(column);
    }
    return [
      `Calls a second, by ${CLIENTS} clients on the same machine, with so many droplets in the account:`,
      '',
      rates(columns),
      '',
      'The first creates are also the first calls of the process.',
      '',
      judgement(columns.at(-1) ?? [], api.memory()),
    ].join('\n');
  } finally {
    await api.stop();
  }
}

function rates(columns: readonly (readonly Measured[])[]): string {
  const figures = (row: number) => columns.map((column) => column[row]?.perSecond.toFixed(0) ?? '');
  const rows = ['create', ...Object.keys(CALLS)].map((name, row) => [name, ...figures(row)]);
  return table(['call', ...SIZES.map(String)], rows);
}

/** What became of the goals, with the most droplets. */
function judgement(column: readonly Measured[], memory: number): string {
  const pages = column[1 + Object.keys(CALLS).indexOf(PAGE)]?.perSecond ?? 0;
  const creates = column[0]?.perSecond ?? 0;
  const longest = Math.max(...column.map((call) => call.longest));
  const line = (what: string, value: number, isMet: boolean, goal: string) =>
    `- ${what}: **${value.toFixed(0)}** (goal: ${goal}; ${isMet ? 'met' : 'missed'})`;
  return [
    `With ${SIZES.at(-1)} droplets:`,
    '',
    line('creates a second', creates, creates >= GOALS.creates, `at least ${GOALS.creates}`),
    line(`${PAGE}, calls a second`, pages, pages >= GOALS.pages, `at least ${GOALS.pages}`),
    line('the longest answer of any call, ms', longest, longest <= GOALS.longest, `at most ${GOALS.longest}`),
    line('the most memory, MiB', memory, memory <= GOALS.memory, `at most ${GOALS.memory}`),
  ].join('\n');
}

async function main(): Promise<void> {
  const installed = new InstalledPackage();
  try {
    const packed = {
      words: ['node', 'node_modules/digitalocean-lab/dist/cli.js', 'api'],
      cwd: installed.folder,
    };
    const starts = [
      { words: ['npm', 'run', '-s', 'lab', '--', 'api'], cwd: PROJECT },
      { words: ['npx', '--no', 'digitalocean-lab', 'api'], cwd: installed.folder },
      packed,
    ];
    const parts = [await measureStart(starts), await measureCalls(packed)];
    writeSection('The API alone', ['`npm run bench -- api`', circumstances(), ...parts].join('\n\n'));
    console.log('Written to docs/results.md.');
  } finally {
    installed.remove();
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
