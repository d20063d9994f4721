import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

const TOKEN = 'bench';

/** A command, and where it runs. */
export interface Command {
  readonly words: readonly string[];
  readonly cwd: string;
}
/** An API in a process of its own, and how to ask it. */
export class Api {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {}

  /** Starts one by a command; milliseconds from there to its first answer. */
  static async start({ words, cwd }: Command): Promise<{ api: Api; ms: number }> {
    const [command = '', ...args] = words;
    const port = await freePort();
    const begin = performance.now();
    const child = spawn(command, [...args, '--port', String(port), '--token', TOKEN], {
      cwd,
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

  /** The body of an answer, read to its end, compressed if the API does that: most clients ask for it. Rejects when the call is refused. */
  ask(method: string, path: string, body?: object): Promise<Buffer> {
    const { agent, port } = this;
    const types = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
    const headers = { authorization: `Bearer ${TOKEN}`, ...types };
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
        .end(body && JSON.stringify(body));
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
