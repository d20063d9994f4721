import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { endWithNpm } from '../../lab/common/end-with-npm';

const SYNTHESIZED = 'cdktf.out/stacks/scale-up/cdk.tf.json';
const PROJECT = resolve(__dirname, '..', '..');

/** A step that failed, with the last words of its command. */
export class Failure extends Error {}

/** The project as a fresh clone has it, and what is not committed yet: in a folder of its own, which goes when this process ends. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'scale-up-compatibility-'));

  private running: ChildProcess | undefined;

  constructor() {
    process.once('exit', () => {
      this.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => process.exit(1));
    endWithNpm(() => process.exit(1));
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', list, { cwd: PROJECT, encoding: 'utf8' }).split('\0').filter(Boolean);
    for (const file of files.filter((name) => existsSync(join(PROJECT, name)))) {
      cpSync(join(PROJECT, file), join(this.folder, file));
    }
  }

  /** Brings a Node.js from the npm package `node`, and gives the folder of its binary. */
  async node(version: string): Promise<string> {
    const place = join(this.folder, '.node', version);
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock'];
    await this.run(['npm', 'install', ...quiet, '--prefix', place, `node@${version}`]);
    return join(place, 'node_modules', 'node', 'bin');
  }

  /**
   * Runs a command in the copy to its end, and gives what it wrote.
   *
   * @param bin folder of the Node.js that it runs with. @default - the present one
   * @throws Failure
   */
  async run(command: readonly string[], bin?: string): Promise<string> {
    const child = this.start(command, bin);
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    const [status] = await once(child, 'close');
    if (status === 0) return stdout;
    const lastWords = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n');
    throw new Failure(`\`${command.join(' ')}\` ended with status ${status}:\n${lastWords}`);
  }

  /** Runs a command that synthesizes, and gives the JSON that it wrote: none of an earlier one is taken for its own. */
  async synthesize(command: readonly string[], bin?: string): Promise<{ said: string; json: Buffer }> {
    rmSync(join(this.folder, 'cdktf.out'), { recursive: true, force: true });
    const said = await this.run(command, bin);
    const file = join(this.folder, SYNTHESIZED);
    if (!existsSync(file)) throw new Failure(`\`${command.join(' ')}\` has not written ${SYNTHESIZED}`);
    return { said, json: readFileSync(file) };
  }

  /** Runs the unit tests, all of which have to pass, and says how many there are. */
  async unitTests(bin?: string): Promise<string> {
    const report = await this.run(['npm', 'run', 'test:unit', '--', '--json', '--silent'], bin);
    const { numPassedTests, numPendingTests } = JSON.parse(report.slice(report.indexOf('{"num')));
    return `${numPassedTests} pass${numPendingTests ? `, ${numPendingTests} not run` : ''}`;
  }

  /** Starts a command in a process group of its own, which ends with the next one, and with this process. */
  start([file = '', ...args]: readonly string[], bin?: string): ChildProcess {
    this.stop();
    const PATH = [bin, process.env.PATH].filter(Boolean).join(':');
    const env = { ...process.env, PATH, CHECKPOINT_DISABLE: '1', CI: '1' };
    this.running = spawn(file, args, {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return this.running;
  }

  /** Ends what was started last, and all that it started. */
  stop(): void {
    const { running } = this;
    this.running = undefined;
    if (!running?.pid || running.exitCode !== null) return;
    process.kill(-running.pid, 'SIGTERM');
  }
}

/** Says what is done, and how long it took. */
export async function step<T>(what: string, action: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  try {
    const result = await action();
    console.log(`${what}: ${seconds()}`);
    return result;
  } catch (error) {
    console.log(`${what}: FAILED after ${seconds()}`);
    throw error;
  }
}
