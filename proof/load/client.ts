import { Resolver } from 'node:dns/promises';
import { Agent as HttpAgent, request as http, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as https } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Kind, LoadPlan, LoadReport, Outcome, Sample, Stall } from './sample';

/**
 * The load's process, in the network of the stack's users: `client.ts <plan as JSON>`. It sends requests at fixed times, whatever
 * becomes of the earlier ones, and never one twice. Told to stop it waits for what is still open; it ends with whoever started it.
 */

/** Of every five requests, over a kept connection and over one of its own by turns. */
const KINDS: readonly Kind[] = ['static', 'read', 'static', 'read', 'write'];
const PATHS: Readonly<Record<Kind, string>> = { static: '/static/home.css', read: '/', write: '/notes' };
/** No answer after so long is none. Milliseconds. */
const PATIENCE = 5000;
/** Kept for the next request, as browsers do; more than these are closed. */
const KEPT_CONNECTIONS = 8;
const REPORT_PAUSE = 100;
/** A look at the clock every so often, and what is called a stall. Milliseconds. */
const [LOOK, STALL] = [10, 50];

const plan: LoadPlan = JSON.parse(String(process.argv[2]));
const url = new URL(plan.url);
const [start, Agent] = url.protocol === 'https:' ? [https, HttpsAgent] : [http, HttpAgent];
/** Made once: for each connection it would take longer than the handshake, and a busy machine would fall behind. */
const secureContext = createSecureContext({ ca: plan.authority });
const agents = {
  kept: new Agent({ keepAlive: true, maxFreeSockets: KEPT_CONNECTIONS, scheduling: 'lifo' }),
  // A new connection is also a new handshake.
  fresh: new Agent({ keepAlive: false, maxCachedSessions: 0 } as object),
};

/** The clock of the machine, finer than its milliseconds. */
const offset = Date.now() - performance.now();
const now = () => performance.now() + offset;

let samples: Sample[] = [];
let stalls: Stall[] = [];
let open = 0;
let stopping = false;

process.on('disconnect', () => process.exit());
process.on('message', () => {
  stopping = true;
});
run().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});

async function run(): Promise<void> {
  const resolver = new Resolver();
  resolver.setServers([...plan.resolvers]);
  // Once: what clients and their resolvers remember outlives any fault that is drilled.
  const [address] = await resolver.resolve4(url.hostname);
  if (address === undefined) throw new Error(`${url.hostname} has no address.`);
  watchClock();
  setInterval(report, REPORT_PAUSE);
  const first = now() + REPORT_PAUSE;
  const due = (index: number) => first + (index * 1000) / plan.rate;
  let next = 0;
  const sendWhatIsDue = () => {
    for (; !stopping && due(next) <= now(); next++) send(next, due(next), address);
    if (!stopping) setTimeout(sendWhatIsDue, due(next) - now());
  };
  sendWhatIsDue();
}

function send(index: number, due: number, host: string): void {
  const kind = KINDS[index % KINDS.length] ?? 'static';
  const kept = Math.floor(index / KINDS.length) % 2 === 0;
  const key = kind === 'write' ? { key: `${plan.name}-${index}` } : {};
  const body = key.key ? new URLSearchParams({ key: key.key, text: key.key }).toString() : '';
  const sent = now();
  let over = false;
  open += 1;
  const end = (outcome: Outcome, more: Pick<Sample, 'reason' | 'id'> = {}) => {
    if (over) return;
    over = true;
    open -= 1;
    clearTimeout(patience);
    samples.push({ index, kind, kept, due, sent, done: now(), outcome, ...key, ...more });
  };
  const call = start({
    host,
    port: url.port,
    localAddress: plan.address,
    servername: url.hostname,
    secureContext,
    method: kind === 'write' ? 'POST' : 'GET',
    path: PATHS[kind],
    agent: kept ? agents.kept : agents.fresh,
    headers: {
      host: url.host,
      ...(body && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      }),
    },
  } as object);
  const patience = setTimeout(() => {
    end('unknown', { reason: call.socket?.connecting ? 'no connection' : 'no answer' });
    call.destroy();
  }, PATIENCE);
  call.on('response', (response) => receive(response, kind, end));
  call.on('error', (error: NodeJS.ErrnoException) => end('failed', { reason: error.code ?? error.message }));
  call.end(body);
}

function receive(
  response: IncomingMessage,
  kind: Kind,
  end: (outcome: Outcome, more?: Pick<Sample, 'reason' | 'id'>) => void,
): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk) => chunks.push(chunk));
  response.on('error', (error: NodeJS.ErrnoException) =>
    end('failed', { reason: error.code ?? error.message }),
  );
  response.on('end', () => {
    const expected = kind === 'write' ? 201 : 200;
    if (response.statusCode !== expected) return end('failed', { reason: String(response.statusCode) });
    return end('ok', kind === 'write' ? { id: JSON.parse(Buffer.concat(chunks).toString()).id } : {});
  });
}

/** Notes when this process did not run, for whatever reason. */
function watchClock(): void {
  let last = now();
  setInterval(() => {
    const time = now();
    if (time - last > LOOK + STALL) stalls.push({ from: last, to: time });
    last = time;
  }, LOOK);
}

function report(): void {
  if (samples.length > 0 || stalls.length > 0) process.send?.({ samples, stalls } satisfies LoadReport);
  samples = [];
  stalls = [];
  if (stopping && open === 0) process.disconnect();
}
