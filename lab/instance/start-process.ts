import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { ahead } from '../common/ahead';
import { until } from '../common/until';
import { addFabric } from '../network/fabric';
import { fabricOf } from '../network/link-names';
import { inside } from '../network/namespace';
import { ask } from './control-api';
import { logFile, processFile } from './runtime-paths';
import type { LabOptions } from './start-lab';

export interface ProcessOptions {
  readonly name: string;
  /** What becomes of open connections when the Reserved IP moves. */
  readonly flows: 'stay' | 'cut';
  /** Ends the start. @default - nothing does */
  readonly signal?: AbortSignal;
  /** Whether the lab outlives this process. @default false */
  readonly detached?: boolean;
}

/** Starts the process that is the running lab, in the lab's own network, and resolves once it answers. */
export async function startProcess(
  { name, flows, signal, detached = false }: ProcessOptions,
  listeners: { site: Server; api: Server },
  needs: Omit<LabOptions, 'name' | 'flows' | 'listeners'>,
): Promise<void> {
  signal?.throwIfAborted();
  await addFabric(name);
  signal?.throwIfAborted();
  const log = openSync(logFile(name), 'a', 0o600);
  // This machine's network, of which the lab's process knows only what it is handed.
  const network = openSync('/proc/self/ns/net', 'r');
  const [command = '', ...args] = ahead([...inside(fabricOf(name)), ...program('process', name, flows)]);
  const child = spawn(command, args, { ...ALONE, stdio: ['ignore', log, log, 'ipc', network] });
  writeFileSync(processFile(name), String(child.pid));
  if (!detached) {
    const [node = '', ...words] = program('keeper', name, String(process.pid));
    spawn(node, words, { ...ALONE, stdio: ['ignore', log, log] }).unref();
  }
  for (const file of [log, network]) closeSync(file);
  child.send(needs, listeners.site);
  child.send(needs, listeners.api);
  await untilListening(child, name);
  listeners.site.close();
  listeners.api.close();
  child.unref();
}

/** Of what goes on when this process ends. */
const ALONE = { cwd: resolve(__dirname, '../..'), detached: true } as const;

/** The words that start a program of this folder: TypeScript in the repository, JavaScript in the package. */
function program(name: string, ...words: readonly string[]): string[] {
  const extension = extname(__filename);
  const loader = extension === '.ts' ? ['--require', 'ts-node/register'] : [];
  return [process.execPath, ...loader, join(__dirname, `${name}${extension}`), ...words];
}

async function untilListening(child: ChildProcess, name: string): Promise<void> {
  const died = once(child, 'exit').then(([status]) => {
    throw new Error(`The lab's process ended with ${status} before it was ready; ${logFile(name)} says why.`);
  });
  const [message] = await Promise.race([once(child, 'message'), died]);
  if (message.problem) {
    throw new Error(message.problem);
  }
  const answers = () => ask(name, 'GET', '/status').catch(() => undefined);
  const otherwise = `The lab's process does not answer; ${logFile(name)} says why.`;
  await until(answers, { within: 30_000, otherwise, pause: 20 });
}

export async function listenOnLoopback(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} of this machine is taken; choose another with --port.`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
  return server;
}
