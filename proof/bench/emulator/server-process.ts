import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

/** A command, and where it runs. */
export interface Command {
  readonly words: readonly string[];
  readonly cwd: string;
  /** It tells each call on standard error, which nobody wants to read. @default false */
  readonly isTalkative?: boolean;
}

/** A call of the server; `body` is sent as it is. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** A server in a process of its own, and how to ask it. */
export class ServerProcess {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /**
   * Starts one by a command; milliseconds from there to its first answer.
   *
   * @param commandFor a free port
   * @param headers of every question
   */
  static async start(
    commandFor: (port: number) => Command,
    headers: Readonly<Record<string, string>>,
    first: Question,
  ): Promise<{ server: ServerProcess; ms: number }> {
    const port = await freePort();
    const { words, cwd, isTalkative } = commandFor(port);
    const [command = '', ...args] = words;
    const begin = performance.now();
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'ignore', isTalkative ? 'ignore' : 'inherit'],
      detached: true,
    });
    const server = new ServerProcess(child, port, headers);
    while ((await server.ask(first).catch(() => undefined)) === undefined) {
      if (child.exitCode !== null) throw new Error(`${command} ended before it served.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { server, ms: performance.now() - begin };
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    const ended = once(this.process, 'exit');
    process.kill(-(this.process.pid as number), 'SIGTERM');
    await ended;
  }

  /** The body of an answer, read to its end, compressed if the server does that: most clients ask for it. Rejects when the call is refused. */
  ask({ method, path, body }: Question): Promise<Buffer> {
    const { agent, port } = this;
    const headers = { ...this.headers, 'accept-encoding': 'gzip' };
    return new Promise((resolve, reject) => {
      request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const content = Buffer.concat(parts);
          if ((answer.statusCode ?? 500) < 300) resolve(content);
          else reject(new Error(`${method} ${path}: ${content}`));
        });
      })
        .on('error', reject)
        .end(body);
    });
  }

  /** The most that it ever had, in MiB. */
  memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
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
