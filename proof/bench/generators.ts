import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../lab/common/run';

/** The programs that make the load -> the package of Debian and Ubuntu that has each. */
export const GENERATORS = { wrk: 'wrk', h2load: 'nghttp2-client', curl: 'curl' };

/** What is asked, and by whom. */
export interface Target {
  readonly url: string;
  /** The words that start a command in the network of whoever asks. */
  readonly from: readonly string[];
  /** Such as "Connection: close". */
  readonly headers?: readonly string[];
}

/** So many processes make a steady rate: each one has a connection, and they ask in turn. */
const PROCESSES = 10;

/** Requests a second that are answered when so many connections ask as fast as they can. */
export async function rate(target: Target, connections: number, seconds: number): Promise<number> {
  const { from, url, headers = [] } = target;
  await expectAnswer(target);
  const words = headers.flatMap((header) => ['--header', header]);
  const wrk = ['wrk', '--threads=1', `--connections=${connections}`, `--duration=${seconds}`, ...words, url];
  return rateOf(await run([...from, ...wrk]));
}

/** Milliseconds of each request, when so many are sent a second. */
export async function latencies(
  { from, url }: Target,
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'scale-up-bench-'));
  try {
    const each = perSecond / PROCESSES;
    const processes = Array.from({ length: PROCESSES }, async (_, index) => {
      await sleep((index * 1000) / perSecond);
      const log = join(folder, `${index}.log`);
      const how = ['--h1', '--clients=1', `--rps=${each}`, '--warm-up-time=1', `--duration=${seconds}`];
      await run([...from, 'h2load', ...how, `--log-file=${log}`, url]);
      return latenciesOf(await readFile(log, 'utf8'));
    });
    return (await Promise.all(processes)).flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** wrk counts a redirection as an answer. */
async function expectAnswer({ from, url, headers = [] }: Target): Promise<void> {
  const words = headers.flatMap((header) => ['--header', header]);
  const curl = ['curl', '--silent', '--insecure', '--output', '/dev/null', '--write-out', '%{http_code}'];
  const status = await run([...from, ...curl, ...words, url]);
  if (status !== '200') throw new Error(`${url} is answered with ${status}.`);
}

/** Reads what wrk writes. Throws when a request failed. */
export function rateOf(output: string): number {
  const problem = /^\s*(?:Socket errors|Non-2xx or 3xx responses):.*/m.exec(output)?.[0];
  if (problem) throw new Error(problem.trim());
  const perSecond = Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(output)?.[1]);
  if (!(perSecond > 0)) throw new Error(`wrk does not say how many requests a second: ${output}`);
  return perSecond;
}

/** Reads h2load's log: start, status and microseconds of each request. Throws when one failed. */
export function latenciesOf(log: string): number[] {
  const lines = log.split('\n').filter(Boolean);
  if (lines.length === 0) throw new Error('h2load has sent nothing.');
  return lines.map((line) => {
    const [, status, microseconds] = line.split('\t');
    if (status !== '200') throw new Error(`A request was answered with ${status}.`);
    return Number(microseconds) / 1000;
  });
}

/** The value that so many per cent of all do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
