import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../lab/common/until';
import { DnsServer } from '../../lab/network/dns-server';
import type { LoadPlan, LoadReport, Sample, Stall } from './sample';

const PATIENCE = { within: 120_000, otherwise: () => `${seen.length} requests have come.`, pause: 20 };
const DNS_PORT = 20_053;
const dns = new DnsServer('127.0.0.1', DNS_PORT, ({ name }) => ({
  rcode: 'NOERROR',
  answers: [{ type: 'A', name, ttl: 30, data: '127.0.0.1' }],
}));
let server: Server;
let site: string;
/** What the site does with a request: undefined answers it well. */
let trouble: 'reset' | 'refuse' | 'silence' | undefined;
const seen: string[] = [];
const connections = new Map<string, Set<unknown>>();

beforeAll(async () => {
  await dns.start();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += data;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      const how = request.headers.connection ?? '';
      connections.set(how, (connections.get(how) ?? new Set()).add(request.socket));
      if (trouble === 'reset') return request.socket.resetAndDestroy();
      if (trouble === 'silence') return undefined;
      if (trouble === 'refuse') return response.writeHead(503).end('no');
      return request.method === 'POST' ? response.writeHead(201).end('{"id": 7}\n') : response.end('fine');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  site = `http://www.example.test:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await dns.close();
});
beforeEach(() => {
  trouble = undefined;
  seen.length = 0;
  connections.clear();
});

/** A load of so many milliseconds, with what happens meanwhile. */
async function load(
  milliseconds: number,
  meanwhile: (child: { pid?: number }) => Promise<unknown> = async () => {},
) {
  const plan: LoadPlan = { url: site, resolvers: [`127.0.0.1:${DNS_PORT}`], rate: 100, name: 'test' };
  const script = join(__dirname, 'client.ts');
  const child = spawn(process.execPath, ['--require', 'ts-node/register', script, JSON.stringify(plan)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const samples: Sample[] = [];
  const stalls: Stall[] = [];
  child.on('message', (report: LoadReport) => {
    samples.push(...report.samples);
    stalls.push(...report.stalls);
  });
  const ended = once(child, 'close');
  await once(child, 'message');
  await Promise.all([sleep(milliseconds), meanwhile(child)]);
  child.send('stop');
  await ended;
  return { samples: samples.sort((a, b) => a.index - b.index), stalls };
}

test('requests are due every 10 ms, four of five read, by turns on kept and on new connections', async () => {
  const kept = () => connections.get('keep-alive')?.size ?? 0;
  // On a busy machine many are sent at once, each on a connection of its own, before the first is free for another.
  const { samples } = await load(500, () =>
    until(() => seen.length > 40 && seen.length / 2 > 1.5 * kept(), PATIENCE),
  );
  const [first] = samples;
  for (const [i, { index, due, outcome }] of samples.entries()) {
    expect([index, outcome]).toEqual([i, 'ok']);
    expect(due - (first?.due ?? 0)).toBeCloseTo(i * 10, 1);
  }
  expect(samples.slice(0, 10).map(({ kind, kept }) => `${kind} ${kept}`)).toEqual(
    [true, false].flatMap((kept) =>
      ['static', 'read', 'static', 'read', 'write'].map((kind) => `${kind} ${kept}`),
    ),
  );
  expect(kept()).toBeLessThan(samples.length / 2 / 1.2);
  expect(connections.get('close')?.size).toBe(samples.filter(({ kept }) => !kept).length);
});

test('every write has a key of its own, and the number that it was acknowledged with', async () => {
  const { samples } = await load(300);
  const writes = samples.filter(({ kind }) => kind === 'write');
  expect(writes.map(({ key, id }) => [key, id])).toEqual(writes.map(({ index }) => [`test-${index}`, 7]));
  expect(seen).toContain('POST /notes key=test-4&text=test-4');
});

test('what fails is sent once and never again', async () => {
  trouble = 'reset';
  const { samples } = await load(300);
  expect(new Set(samples.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(
    new Set(['failed ECONNRESET']),
  );
  expect(seen).toHaveLength(samples.length);
});

test('an answer that is none counts as failed, with its status', async () => {
  trouble = 'refuse';
  const { samples } = await load(300);
  expect(new Set(samples.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(
    new Set(['failed 503']),
  );
});

test('no answer is neither success nor failure, and holds up no later request', async () => {
  const { samples } = await load(400, async () => {
    const before = seen.length;
    trouble = 'silence';
    await until(() => seen.length > before + 15, PATIENCE);
    trouble = undefined;
    await until(() => seen.length > before + 40, PATIENCE);
  });
  const unknown = samples.filter(({ outcome }) => outcome === 'unknown');
  expect(unknown.length).toBeGreaterThan(10);
  for (const { due, done } of unknown) expect(done - due).toBeGreaterThan(4990);
  const after = samples.filter(({ index }) => index > (unknown.at(-1)?.index ?? 0));
  expect(after.length).toBeGreaterThan(10);
  expect(new Set(after.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
});

test('a time in which the client itself stood still is told, and its requests keep the time at which they were due', async () => {
  let [stopped, continued] = [0, 0];
  const { samples, stalls } = await load(900, async ({ pid = 0 }) => {
    await sleep(300);
    process.kill(pid, 'SIGSTOP');
    stopped = Date.now();
    await sleep(300);
    continued = Date.now();
    process.kill(pid, 'SIGCONT');
    await sleep(300);
  });
  // The clocks of the two processes agree to a few milliseconds.
  expect(stalls.filter(({ from, to }) => from < stopped + 20 && to > continued - 20)).toHaveLength(1);
  const late = samples.filter(({ due, sent }) => sent - due > 100);
  expect(late.length).toBeGreaterThan(15);
});
