import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { circumstances, table, writeSection } from '../bench/results';
import { Copy, Failure, step } from './copy';
import { NODE_VERSIONS } from './versions';

/** `npm run test:node`: what a new user does, on a copy of the project, with every Node.js that package.json admits. */

/** The last one that the native part of cdktf-cli was built for. */
const LAST_OF_CDKTF_CLI = 22;

/** That part, as an error names it. */
const NATIVE_PART = 'node-pty';

type Row = Record<'node' | 'npm ci' | 'synth' | 'cdktf synth' | 'types' | 'unit tests' | 'lab api', string>;

async function main(): Promise<void> {
  const copy = new Copy();
  const rows: Row[] = [];
  const failures: string[] = [];
  const hashes = new Set<string>();
  for (const version of NODE_VERSIONS) {
    try {
      const { row, hash } = await tryOut(copy, version);
      rows.push(row);
      hashes.add(hash);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(`Node.js ${version}: ${error.message}`);
    }
  }
  if (hashes.size > 1) failures.push('Not all of them synthesize the same bytes.');
  if (failures.length > 0) {
    console.error(`\n${failures.join('\n\n')}`);
    process.exit(1);
  }
  writeSection('Versions of Node.js', section(rows));
}

async function tryOut(copy: Copy, version: string): Promise<{ row: Row; hash: string }> {
  const on = (what: string) => `Node.js ${version}, ${what}`;
  const bin = await step(on('install'), () => copy.node(version));
  const run = (command: readonly string[]) => copy.run(command, bin);
  const says = (await run(['node', '--version'])).trim();
  if (says !== `v${version}`) throw new Failure(`the npm package node brought ${says}`);
  await step(on('npm ci'), () => run(['npm', 'ci']));
  const { said, json } = await step(on('npm run synth'), () =>
    copy.synthesize(['sh', '-c', 'npm run synth 2>&1'], bin),
  );
  if (said.includes('DeprecationWarning')) throw new Failure(`npm run synth warns:\n${said.trim()}`);
  const cdktf = await step(on('npx cdktf synth'), () => cdktfSynth(copy, version, bin));
  if (cdktf && !cdktf.equals(json)) throw new Failure('npm run synth and npx cdktf synth write other bytes');
  await step(on('types'), () => run(['npm', 'run', 'types']));
  const tests = await step(on('unit tests'), () => copy.unitTests(bin));
  const milliseconds = await step(on('npm run lab -- api'), () => firstAnswer(copy, bin));
  const row = {
    node: version,
    'npm ci': 'works',
    synth: 'works',
    'cdktf synth': cdktf ? 'the same bytes' : 'does not start',
    types: 'fit',
    'unit tests': tests,
    'lab api': `answers after ${milliseconds} ms`,
  };
  return { row, hash: createHash('sha256').update(json).digest('hex') };
}

/** What CDKTF's own command line writes; undefined where it does not start for want of its native part. */
async function cdktfSynth(copy: Copy, version: string, bin: string): Promise<Buffer | undefined> {
  try {
    return (await copy.synthesize(['npx', 'cdktf', 'synth'], bin)).json;
  } catch (error) {
    const isKnown = Number.parseInt(version, 10) > LAST_OF_CDKTF_CLI;
    if (isKnown && error instanceof Failure && error.message.includes(NATIVE_PART)) return undefined;
    throw error;
  }
}

/** Milliseconds from the command to the first answer of the lab's API. */
async function firstAnswer(copy: Copy, bin: string): Promise<number> {
  const port = await freePort();
  const start = Date.now();
  const child = copy.start(
    ['npm', 'run', '-s', 'lab', '--', 'api', '--port', `${port}`, '--token', 'secret'],
    bin,
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  try {
    while (Date.now() - start < 60_000 && child.exitCode === null) {
      const headers = { authorization: 'Bearer secret' };
      const answer = await fetch(`http://127.0.0.1:${port}/v2/account`, { headers }).catch(() => undefined);
      if (answer?.ok) return Date.now() - start;
      await sleep(20);
    }
    throw new Failure(`\`npm run lab -- api\` gives no answer: ${said.trim()}`);
  } finally {
    copy.stop();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function section(rows: readonly Row[]): string {
  const header = Object.keys(rows[0] ?? {});
  return `\`npm run test:node\`

${circumstances()}

${table(
  header,
  rows.map((row) => Object.values(row)),
)}

All of them synthesize the same bytes.`;
}

new Command('npm run test:node')
  .description('What a new user does, on a copy of the project, with every Node.js that package.json admits.')
  .action(main)
  .parseAsync();
