import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { ahead } from '../../lab/common/ahead';
import { CLIENT, RESOLVERS } from '../../lab/network/addresses';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';
import type { LoadPlan, LoadReport, Sample, Stall } from './sample';

/** Requests per second: the resolution of a gap is 10 ms, and two processors that also run the lab hardly notice. */
export const RATE = 100;

/** The stack's users: a steady load from the lab's client network, as an open loop. */
export class Load {
  private static started = 0;
  readonly samples: Sample[] = [];
  readonly stalls: Stall[] = [];
  private readonly ended: Promise<unknown>;
  private problem = '';

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    child.on('message', (report: LoadReport) => {
      this.samples.push(...report.samples);
      this.stalls.push(...report.stalls);
    });
    child.stderr?.on('data', (data) => {
      this.problem += data;
    });
  }

  /** Starts the load. Rejects with one sentence when not even its first requests get away. */
  static async start(lab: string, plan: Pick<LoadPlan, 'url' | 'authority' | 'name'>): Promise<Load> {
    const address = CLIENT.visitors[Load.started++ % CLIENT.visitors.length];
    const whole: LoadPlan = { ...plan, rate: RATE, resolvers: RESOLVERS, address };
    const child = inClientNetwork(lab, 'load/client.ts', [JSON.stringify(whole)]);
    const load = new Load(child);
    await Promise.race([once(child, 'message'), load.ended]);
    if (child.exitCode !== null) throw new Error(`The load could not start: ${load.problem.trim()}`);
    return load;
  }

  /** Sends nothing more, and resolves when all that was sent has its outcome. */
  async stop(): Promise<void> {
    if (this.child.connected) this.child.send('stop');
    await this.ended;
  }

  /** Ends at once, whatever is still open. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/**
 * Starts a program of the drills in the network of the stack's users. It is to end when its channel to this process does. A visitor who
 * finds no time to read an answer would count as one who got none.
 */
export function inClientNetwork(lab: string, program: string, words: readonly string[]): ChildProcess {
  const node = [process.execPath, '--require', 'ts-node/register', join(__dirname, '..', program)];
  const [command = '', ...args] = ['setsid', ...ahead([...inside(clientOf(lab)), ...node, ...words])];
  return spawn(command, args, {
    cwd: resolve(__dirname, '../..'), // of ts-node and its settings
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
