import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { circumstances, median, writeSection } from './results';

/** How soon the API alone serves, and what it bears with 10, 100 and 1,000 droplets (records only). */

const PROJECT = join(__dirname, '..', '..');
const TOKEN = 'bench';
const STARTS = 7;
const SIZES = [10, 100, 1000];
/** Clients that ask at the same time. */
const CLIENTS = 4;
/** Milliseconds that each kind of call is measured. */
const DURATION = 2000;
/** Droplets with the tag that is asked for, whatever the number of all. */
const TAGGED = 10;
/** Creates that are measured at each size: they end with it. */
const CREATES = 10;

const NPM = ['npm', 'run', '-s', 'lab', '--', 'api'];
const NODE = ['node', '--require', 'ts-node/register', 'lab/cli.ts', 'api'];
const CALLS: Readonly<Record<string, string>> = {
  'one droplet': '/v2/droplets/ID',
  'a page of 20': '/v2/droplets',
  'a page of 200': '/v2/droplets?per_page=200',
  'by tag (10 match)': '/v2/droplets?tag_name=ten',
  'by name (1 matches)': '/v2/droplets?name=d-0',
};

/** An API in a process of its own, and how to ask it. */
class Api {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {}

  /** Starts one by a command; milliseconds from there to its first answer. */
  static async start([command = '', ...args]: readonly string[]): Promise<{ api: Api; ms: number }> {
    const port = await freePort();
    const begin = performance.now();
    const child = spawn(command, [...args, '--port', String(port), '--token', TOKEN], {
      cwd: PROJECT,
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    const api = new Api(child, port);
    while ((await api.ask('GET', '/v2/account').catch(() => undefined)) === undefined) {
      if (child.exitCode !== null) throw new Error(`${command} ended before it served.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { api, ms: performance.now() - begin };
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    const ended = once(this.process, 'exit');
    process.kill(-(this.process.pid as number), 'SIGTERM');
    await ended;
  }

  /** The body of an answer, read to its end. Rejects when the call is refused. */
  ask(method: string, path: string, body?: object): Promise<string> {
    const { agent, port } = this;
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${text}`));
        });
      })
        .on('error', reject)
        .end(body && JSON.stringify(body));
    });
  }

  memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function measureStart(): Promise<string> {
  const rows: string[] = [];
  for (const command of [NPM, NODE]) {
    const times: number[] = [];
    for (let run = 0; run < STARTS; run++) {
      const { api, ms } = await Api.start(command);
      await api.stop();
      times.push(ms);
    }
    const [middle, least, most] = [median(times), Math.min(...times), Math.max(...times)];
    rows.push(
      `| \`${command.join(' ')}\` | ${middle.toFixed(0)} | ${least.toFixed(0)} | ${most.toFixed(0)} |`,
    );
  }
  return [
    `From the command to the first answer, ${STARTS} runs, in ms (goal: at most 1000):`,
    '',
    '| command | median | least | most |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Does something by several clients at once until `isOver`; how often a second it was done. */
async function rate(work: () => Promise<unknown>, isOver: () => boolean): Promise<number> {
  const begin = performance.now();
  let done = 0;
  const client = async () => {
    while (!isOver()) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return (done * 1000) / (performance.now() - begin);
}

/** Creates droplets up to a number; how many a second at the end. */
async function fill(api: Api, from: number, to: number): Promise<number> {
  let next = from;
  const create = () => {
    const n = next++;
    const tags = n < TAGGED ? ['all', 'ten'] : ['all'];
    const body = { name: `d-${n}`, region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-13-x64', tags };
    return api.ask('POST', '/v2/droplets', body);
  };
  await rate(create, () => next >= to - CREATES);
  return rate(create, () => next >= to);
}

/** Every droplet has a tag with a firewall before it, as in the stack. */
async function prepare(api: Api): Promise<void> {
  await api.ask('POST', '/v2/tags', { name: 'all' });
  const rule = { protocol: 'tcp', ports: '80', sources: { tags: ['all'] } };
  await api.ask('POST', '/v2/firewalls', { name: 'all', tags: ['all'], inbound_rules: [rule] });
}

async function measureCalls(): Promise<string> {
  const { api } = await Api.start(NODE);
  try {
    await prepare(api);
    const columns: string[][] = [];
    for (const [index, size] of SIZES.entries()) {
      const creates = await fill(api, SIZES[index - 1] ?? 0, size);
      await new Promise((resolve) => setTimeout(resolve, 1500)); // all of them are active
      const [first] = JSON.parse(await api.ask('GET', '/v2/droplets?per_page=1')).droplets;
      const rates = [creates];
      for (const path of Object.values(CALLS)) {
        const end = performance.now() + DURATION;
        const ask = () => api.ask('GET', path.replace('ID', first.id));
        rates.push(await rate(ask, () => performance.now() > end));
      }
      columns.push(rates.map((value) => value.toFixed(0)));
    }
    const rows = ['create', ...Object.keys(CALLS)].map(
      (name, row) => `| ${name} | ${columns.map((column) => column[row]).join(' | ')} |`,
    );
    return [
      `Calls a second, by ${CLIENTS} clients on the same machine, with so many droplets in the account:`,
      '',
      `| call | ${SIZES.join(' | ')} |`,
      `|---|${'---|'.repeat(SIZES.length)}`,
      ...rows,
      '',
      'The first creates are also the first calls of the process.',
      '',
      `It has ${api.memory()} MiB at the end.`,
    ].join('\n');
  } finally {
    await api.stop();
  }
}

async function main(): Promise<void> {
  const parts = [await measureStart(), await measureCalls()];
  writeSection('The API alone', ['`npm run bench -- api`', circumstances(), ...parts].join('\n\n'));
  console.log('Written to docs/results.md.');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
