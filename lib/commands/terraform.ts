import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error';
import { requiredTerraform, TERRAFORM } from '../versions';
import { Explained } from './explained';
import type { Plan } from './plan';

const BINARY = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
const WHERE = 'https://developer.hashicorp.com/terraform/install';

/** Holds every secret of the stack, and is gone when the command ends. */
const PLAN = 'deployment.plan';

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Terraform itself (or what TERRAFORM_BINARY_NAME names) in the folder of a stack. */
export class Terraform {
  constructor(private readonly folder: string) {}

  /** Makes the folder ready; quick when its providers are there already. */
  async init(): Promise<void> {
    await this.checkVersion();
    if (!existsSync(join(this.folder, '.terraform'))) console.log('Fetching the providers ...');
    const { status, stdout, stderr } = await this.run(['init', '-input=false']);
    if (status === 0) return;
    const byHand = `By hand: ${BINARY} -chdir=${this.folder} init`;
    throw new UserError([stdout.trim(), stderr.trim(), byHand].filter(Boolean));
  }

  /**
   * Hands what would change to `use`, and the plan with it; undefined when nothing would.
   *
   * @param args Terraform's own, such as -target=ADDRESS
   */
  async plan<T>(
    args: readonly string[],
    use: (plan: Plan | undefined, file: string) => Promise<T>,
  ): Promise<T> {
    try {
      const options = ['-input=false', '-detailed-exitcode', `-out=${PLAN}`];
      const { status, stderr } = await this.run(['plan', ...args, ...options], { shows: 'stderr' });
      // With -detailed-exitcode 2 means success with changes.
      if (status !== 0 && status !== 2) throw new PlanFailed(status, stderr);
      return await use(status === 2 ? await this.show() : undefined, PLAN);
    } finally {
      rmSync(join(this.folder, PLAN), { force: true });
    }
  }

  /** Runs a command whose output is for the user. */
  async tell(args: readonly string[]): Promise<void> {
    const { status } = await this.run(args, { shows: 'all' });
    if (status !== 0) throw new Explained(status);
  }

  private async show(): Promise<Plan> {
    const { status, stdout, stderr } = await this.run(['show', '-json', PLAN]);
    if (status !== 0) throw new UserError([stderr.trim()]);
    return JSON.parse(stdout);
  }

  private async checkVersion(): Promise<void> {
    const { status, stdout } = await this.run(['version', '-json']);
    if (status === NOT_FOUND) {
      throw new UserError([
        `There is no ${BINARY} here. Install Terraform ${TERRAFORM.least} or later (${WHERE}), or name another in TERRAFORM_BINARY_NAME.`,
      ]);
    }
    const [, version] = /"terraform_version": *"([^"]+)"/.exec(stdout) ?? [];
    if (status !== 0 || version === undefined) {
      throw new UserError([
        `${BINARY}: does not say its version as Terraform does; the stack needs Terraform ${requiredTerraform()}: ${WHERE}`,
      ]);
    }
    const tooOld = version.localeCompare(TERRAFORM.least, 'en', { numeric: true }) < 0;
    if (tooOld || TERRAFORM.broken.some((broken) => broken === version)) {
      throw new UserError([`This is Terraform ${version}; the stack needs ${requiredTerraform()}: ${WHERE}`]);
    }
  }

  private run(
    [command = '', ...args]: readonly string[],
    { shows }: { shows?: 'all' | 'stderr' } = {},
  ): Promise<Result> {
    const colours = COLOURS || command === 'version' ? [] : ['-no-color'];
    return new Promise((resolve) => {
      const child = spawn(BINARY, [command, ...colours, ...args], {
        cwd: this.folder,
        env: { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...process.env },
        stdio: shows === 'all' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      });
      // Terraform ends in order and keeps its state: this process waits for it. A terminal sends SIGINT to both.
      const pass = (signal: NodeJS.Signals) => void (signal !== 'SIGINT' && child.kill(signal));
      for (const signal of SIGNALS) process.on(signal, pass);
      // A signal that ends npm ends the shell in which it runs this, and not this.
      const parent = process.ppid;
      const orphaned = setInterval(() => {
        if (process.ppid === parent) return;
        clearInterval(orphaned); // a second signal would end Terraform out of order
        child.kill('SIGTERM');
      }, 1000);
      let stdout = '';
      let stderr = '';
      child.stdout?.on('data', (chunk) => (stdout += chunk));
      child.stderr?.on('data', (chunk) => {
        stderr += chunk;
        if (shows === 'stderr') process.stderr.write(chunk);
      });
      const end = (status: number) => {
        for (const signal of SIGNALS) process.off(signal, pass);
        clearInterval(orphaned);
        resolve({ status, stdout, stderr });
      };
      child.once('error', () => end(NOT_FOUND));
      child.once('close', (status) => end(status ?? 1));
    });
  }
}

/** Terraform has said why on the terminal. */
export class PlanFailed extends Explained {
  constructor(
    status: number,
    readonly reason: string,
  ) {
    super(status);
  }
}

const COLOURS = process.stderr.isTTY && !process.env.NO_COLOR;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** As in a shell. */
const NOT_FOUND = 127;
