import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { startApi } from '../api/start-api';
import { makeTls } from '../api/tls';
import { beforeEnd } from '../common/end-with-npm';
import { CLIENTS, type Client, NOT_TRIED } from './client';
import { Examples } from './example';
import { Installation } from './installation';

/**
 * `npm run test:clients`: each client, as its registry has it, against the API, and the examples for CI; without a name all,
 * and then the table in README.md.
 */

const README = join(__dirname, '../README.md');
const [BEGIN, END] = ['<!-- written by npm run test:clients -->', '<!-- end -->'];
const TOKEN = 'dop_v1_of-this-test';

interface Result {
  readonly client: Client;
  /** Different calls that it made. */
  readonly calls: number;
  /** What it did not expect, one sentence each. */
  readonly differs: readonly string[];
  /** Why it could not be had. */
  readonly missing?: string;
}

/** A call with the names of its things left out. */
const callOf = (method: string, path: string) =>
  `${method} ${(path.split('?')[0] ?? '').replace(/\/(\d[\w.]*|[0-9a-f]{8}-[\w-]+|example\.(test|com))(?=\/|$)/g, '/*')}`;

const EXAMPLES = 'examples';
const KNOWN = [...CLIENTS.map(({ name }) => name), EXAMPLES];

/** What is there now. */
let installed: Installation | Examples | undefined;

async function tryClient(client: Client): Promise<Result> {
  const installation = new Installation(client);
  installed = installation;
  try {
    const missing = await installation.install().then(
      () => undefined,
      (error: Error) => error.message.split('\n')[0] ?? '',
    );
    if (missing !== undefined) return { client, calls: 0, differs: [], missing };
    return { client, ...(await use(client, installation)) };
  } finally {
    installation.remove();
  }
}

async function use(
  { needsTls = false }: Client,
  installation: Installation,
): Promise<Pick<Result, 'calls' | 'differs'>> {
  const authority = join(installation.folder, 'ca.pem');
  const tls = needsTls ? await makeTls(['127.0.0.1'], authority) : undefined;
  const api = await startApi({ token: TOKEN, rateLimits: 'off', listen: [{ port: 0, tls }] });
  const calls = new Set<string>();
  api.events.on((event) => {
    if (event.kind === 'api') calls.add(callOf(event.method, event.path));
  });
  try {
    const trust: Record<string, string> = needsTls
      ? { REQUESTS_CA_BUNDLE: authority, SSL_CERT_FILE: authority }
      : {};
    const where = { URL: api.url, TOKEN, DIGITALOCEAN_END_POINT: `${api.url}/v2/` };
    const { status, stdout, stderr } = await installation.use({ ...where, ...trust });
    const differs = [...stdout.matchAll(/^differs: (.*)$/gm)].map(([, text = '']) => text);
    const crash = status === 0 ? [] : [`it ended with ${status}: ${stderr.trim().split('\n').at(-1)}`];
    return { calls: calls.size, differs: [...differs, ...crash] };
  } finally {
    await api.close();
  }
}

function table(results: readonly Result[]): string {
  const rows = results.map(({ client, calls, differs, missing }) => {
    const outcome = missing === undefined ? differs.join('; ') || 'nothing' : `could not be had: ${missing}`;
    return `| ${client.name} ${client.version} | ${client.language} | ${calls || ''} | ${outcome.replaceAll('|', '\\|')} |`;
  });
  const others = Object.entries(NOT_TRIED).map(([name, why]) => `${name} (${why})`);
  return [
    `Installed from their registries and used by programs that create, change and delete, on ${new Date().toISOString().slice(0, 10)}:`,
    '',
    '| client | language | different calls | what differs from what it expects |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Not tried by this command: ${others.join('; ')}.`,
  ].join('\n');
}

/** Writes the table into README.md. */
function publish(results: readonly Result[]): void {
  const text = readFileSync(README, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  writeFileSync(README, `${before}${BEGIN}\n${table(results)}\n${after}`);
}

async function tryExamples(): Promise<boolean> {
  const examples = new Examples();
  installed = examples;
  try {
    return (await examples.run()).length === 0;
  } finally {
    examples.remove();
  }
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new Error(`There is no client ${unknown}; there are ${KNOWN.join(', ')}.`);
  beforeEnd(async () => installed?.remove());
  const chosen = CLIENTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const results: Result[] = [];
  for (const client of chosen) {
    const result = await tryClient(client);
    results.push(result);
    const outcome = result.missing ?? (result.differs.join('\n  ') || 'nothing differs');
    console.log(`${client.name} ${client.version}: ${result.calls} different calls; ${outcome}`);
  }
  const isExampleWanted = names.length === 0 || names.includes(EXAMPLES);
  const areExamplesGood = !isExampleWanted || (await tryExamples());
  if (names.length === 0) publish(results);
  if (!areExamplesGood || results.some(({ differs }) => differs.length > 0)) process.exitCode = 1;
}

new Command('npm run test:clients --')
  .description(
    "Uses clients of DigitalOcean's API, from their registries, against the lab's, and the examples for CI.",
  )
  .argument('[names...]', `of ${KNOWN.join(', ')}; by default all`)
  .action(main)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
