import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';

export interface RunOptions {
  /** Written to the command's standard input, which is then closed. @default - nothing to read */
  readonly input?: string | Buffer;
  /** Added to (or, when undefined, taken from) this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default - this process's working directory */
  readonly cwd?: string;
  /** Kills the command after so many milliseconds. @default - it may take as long as it likes */
  readonly timeout?: number;
  /** Is given each line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** 0 is success; 128 + n when signal n ended it, as in a shell; 127 when there is no such command. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that did not end with 0. Its message is one sentence: what ran, how it ended, its last words. */
export class RunError extends Error {
  constructor(
    readonly command: readonly string[],
    readonly result: RunResult,
  ) {
    super(`${shown(command)} ${ending(result)}`);
    this.name = 'RunError';
  }
}

/** Runs a command to its end and gives what it wrote to standard output. Rejects with a RunError. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(command, options);
  if (result.status !== 0) throw new RunError(command, result);
  return result.stdout;
}

/** Runs a command to its end, whatever that is. Never rejects. */
export function attempt(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      // One language for messages, and the folders of root's tools, which a user's sudo may leave out.
      env: { ...process.env, LC_ALL: 'C.UTF-8', PATH: pathWithSbin(), ...options.env },
      timeout: options.timeout,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout = collect(child.stdout, options.onLine);
    const stderr = collect(child.stderr, options.onLine);
    child.on('error', (error) => resolve({ status: 127, stdout: '', stderr: error.message }));
    child.on('close', (status, signal) =>
      resolve({ status: status ?? 128 + signalNumber(signal), stdout: stdout(), stderr: stderr() }),
    );
    child.stdin.on('error', () => {}); // a command may end without reading all of its input
    child.stdin.end(options.input);
  });
}

/** PATH with the folders of system administration tools at its end, and that of this Node.js, which sudo may have left out. */
export function pathWithSbin(): string {
  return `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin:${dirname(process.execPath)}`;
}

function collect(stream: NodeJS.ReadableStream, onLine: RunOptions['onLine']): () => string {
  const chunks: Buffer[] = [];
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (!onLine) return;
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.on('end', () => rest && onLine?.(rest));
  return () => Buffer.concat(chunks).toString();
}

function ending({ status, stderr, stdout }: RunResult): string {
  const lastWords = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join('; ');
  const how = status === 127 ? 'could not be run' : `failed with status ${status}`;
  return lastWords ? `${how}: ${lastWords}` : how;
}

function shown(command: readonly string[]): string {
  const line = command.join(' ');
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal ? constants.signals[signal] : 0;
}
