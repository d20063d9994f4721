import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountOptions } from '../../api/account/account-options';
import { newSpacesKey, SPACES_KEYS } from '../../api/spaces-key/stored-spaces-key';
import { type RunningApi, startApi } from '../../api/start-api';
import { startSpaces, type TestSpaces } from '../../external/object-store/testing/spaces';
import { BuiltInApply } from '../built-in-apply';
import type { Target } from '../deployer';
import { Spaces, type SpacesAccess } from '../spaces';

// biome-ignore lint/suspicious/noExplicitAny: the shape of Terraform's JSON
export type Json = any;

export const TOKEN = 'deploy-token';

/** A real API without hardware, a folder, and what was asked of the API. */
export class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), 'digitalocean-lab-apply-'));
  readonly progress: string[] = [];
  variables: Record<string, string> = {};
  private calls: string[] = [];
  private store: TestSpaces | undefined;
  private access: SpacesAccess | undefined;

  private constructor(
    readonly api: RunningApi,
    /** Milliseconds that every action takes that begins from now on, and a droplet until it is active. */
    readonly actionTime: { value: number },
  ) {
    api.events.on((event) => {
      if (event.kind === 'api' && event.method !== 'GET') this.calls.push(`${event.method} ${event.path}`);
    });
  }

  static async start(actionTime = 0, account?: Partial<AccountOptions>): Promise<Deployment> {
    const time = { value: actionTime };
    const api = await startApi({ token: TOKEN, actionTime: () => time.value, account });
    return new Deployment(api, time);
  }

  /** Lets it have buckets, too. */
  async openSpaces(): Promise<Spaces> {
    const { cloud } = this.api;
    this.store = await startSpaces((accessKey) => cloud.of(SPACES_KEYS).get(accessKey));
    const grants = [{ bucket: '', permission: 'fullaccess' }] as const;
    const key = cloud.store.transaction(() => newSpacesKey(cloud, { name: 'by hand', grants }));
    this.access = { proxy: this.store.url, ...key };
    return new Spaces(this.access);
  }

  async end(): Promise<void> {
    await this.store?.close();
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
      spaces: this.access,
      folder: join(this.folder, 'state'),
      onProgress: (line) => this.progress.push(line),
    };
  }

  /** Applies, and gives the outputs. */
  async apply(configuration: object) {
    return (await new BuiltInApply(this.target(configuration)).apply()).outputs;
  }

  /** Applies, and replaces what has these addresses though nothing about it changed. */
  async replace(configuration: object, ...replace: string[]): Promise<void> {
    await new BuiltInApply({ ...this.target(configuration), replace }).apply();
  }

  /** Applies what has these addresses, with what it rests on, and nothing else. */
  async applyTo(configuration: object, ...targets: string[]): Promise<void> {
    await new BuiltInApply({ ...this.target(configuration), targets }).apply();
  }

  /** What would be done: `create digitalocean_tag.web`, with the reasons, if any, in brackets. */
  async plan(configuration: object): Promise<string[]> {
    const changes = await new BuiltInApply(this.target(configuration)).plan();
    return changes.map(
      ({ action, address, because }) =>
        `${action} ${address}${because.length > 0 ? ` (${because.join(', ')})` : ''}`,
    );
  }

  destroy(configuration: object): Promise<void> {
    return new BuiltInApply(this.target(configuration)).destroy();
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

  /** What the API answers. As DigitalOcean does it limits a token's calls in a minute, and a deployment has made many: then it is asked again. */
  async get(path: string): Promise<Json> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    for (;;) {
      const answer = await fetch(`${this.api.url}/v2${path}`, { headers });
      if (answer.status !== 429) return answer.json();
      await sleep(Number(answer.headers.get('retry-after')) * 1000);
    }
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
