import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startApi } from '../api/start-api';
import { attempt } from '../common/run';

/** The examples for CI, run as they stand: the steps of their workflow, but for those that are GitHub's own. */

const FOLDER = join(__dirname, '../../examples/ci');

interface Step {
  readonly name: string;
  readonly run?: string;
  readonly 'working-directory'?: string;
}

interface Job {
  readonly env: Readonly<Record<string, string>>;
  readonly services: { readonly digitalocean: { readonly env: { readonly DIGITALOCEAN_TOKEN: string } } };
  readonly steps: readonly Step[];
}

/** A copy of the examples, and the API as the service that their workflow has. */
export class Examples {
  private readonly folder = mkdtempSync(join(tmpdir(), 'digitalocean-examples-'));
  private readonly job: Job = parse(readFileSync(join(FOLDER, 'github-actions.yml'), 'utf8')).jobs.test;

  constructor() {
    cpSync(FOLDER, this.folder, { recursive: true });
  }

  /** The names of the steps that failed, after telling of each. */
  async run(): Promise<string[]> {
    const token = this.job.services.digitalocean.env.DIGITALOCEAN_TOKEN;
    const api = await startApi({ token, rateLimits: 'off' });
    const failed: string[] = [];
    try {
      const env = { ...this.job.env, DIGITALOCEAN_API_URL: api.url };
      for (const { name, run, 'working-directory': folder = '.' } of this.job.steps) {
        if (run === undefined) continue;
        const cwd = join(this.folder, folder);
        const { status, stdout, stderr } = await attempt(['bash', '-ec', run], { cwd, env });
        console.log(`example for CI, ${name}: ${status === 0 ? 'passed' : `${run}\n${stdout}${stderr}`}`);
        if (status !== 0) failed.push(name);
      }
      return failed;
    } finally {
      await api.close();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
