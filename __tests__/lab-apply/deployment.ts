import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../lab/api/server';
import type { Target } from '../../lab/apply/deployer';
import { WithoutTerraform } from '../../lab/apply/without-terraform';

// biome-ignore lint/suspicious/noExplicitAny: the shape of Terraform's JSON
export type Json = any;

export const TOKEN = 'deploy-token';

/** A real API without hardware, a folder, and what was asked of the API. */
export class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), 'scale-up-apply-'));
  readonly progress: string[] = [];
  variables: Record<string, string> = {};
  private calls: string[] = [];

  private constructor(readonly api: RunningApi) {
    api.events.on((event) => {
      if (event.kind === 'api' && event.method !== 'GET') this.calls.push(`${event.method} ${event.path}`);
    });
  }

  /** @param actionTime milliseconds that every action takes, and a droplet until it is active */
  static async start(actionTime = 0): Promise<Deployment> {
    return new Deployment(await startApi({ token: TOKEN, actionTime: () => actionTime }));
  }

  async end(): Promise<void> {
    await this.api.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  target(configuration: object): Target {
    const path = join(this.folder, 'cdk.tf.json');
    writeFileSync(path, JSON.stringify(configuration));
    return {
      configuration: path,
      api: { url: this.api.url, token: TOKEN },
      variables: this.variables,
      folder: join(this.folder, 'state'),
      onProgress: (line) => this.progress.push(line),
    };
  }

  /** Applies, and gives the outputs. */
  async apply(configuration: object) {
    return (await new WithoutTerraform(this.target(configuration)).apply()).outputs;
  }

  /** What would be done: `create digitalocean_tag.web`, with the reasons, if any, in brackets. */
  async plan(configuration: object): Promise<string[]> {
    const changes = await new WithoutTerraform(this.target(configuration)).plan();
    return changes.map(
      ({ action, address, because }) =>
        `${action} ${address}${because.length > 0 ? ` (${because.join(', ')})` : ''}`,
    );
  }

  destroy(configuration: object): Promise<void> {
    return new WithoutTerraform(this.target(configuration)).destroy();
  }

  state(): Json {
    return JSON.parse(readFileSync(join(this.folder, 'state', 'state.json'), 'utf8'));
  }

  /** The calls that change something, since they were last asked for, with ids as stars. */
  changes(): string[] {
    const calls = this.calls.map((call) => call.replace(/\/[\da-f-]{8,}(?=\/|$)/g, '/*').replace('/v2', ''));
    this.calls = [];
    return calls;
  }

  async get(path: string): Promise<Json> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return (await fetch(`${this.api.url}/v2${path}`, { headers })).json();
  }

  async call(method: string, path: string, body?: object): Promise<void> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.api.url}/v2${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  }
}
