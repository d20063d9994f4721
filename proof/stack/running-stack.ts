import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Progress } from '../../lab/common/progress';
import { attempt, run } from '../../lab/common/run';
import { until } from '../../lab/common/until';
import { enter } from '../../lab/droplet/enter';
import { stateOf } from '../../lab/droplet/state-paths';
import { ask } from '../../lab/instance/control-api';
import { type ApplyOptions, applyAgain } from '../../lab/instance/deploy';
import type { DropletStatus, LabAccess, LabStatus } from '../../lab/instance/lab';
import { siteAuthority } from '../../lab/instance/runtime-paths';
import { dropletNamed } from '../../lab/instance/targets';
import type { Stack } from './compared-stacks';

/** What a stack calls its load balancers, after its prefix. */
const LOAD_BALANCER = /load-balancer-\d+$/;

/** A line of a droplet's journal. */
export interface JournalLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** What is deployed besides what is different in the stack itself. */
export type Deployment = Pick<ApplyOptions, 'replace'> & { readonly release?: string };

/** A stack in a running lab, as an operator sees it. */
export class Site {
  constructor(
    readonly lab: string,
    readonly stack: Stack,
  ) {}

  /** As its users know it, without a slash at the end: what the stack says of itself. */
  get url(): string {
    const folder = join(stateOf(this.lab), 'cdktf.out');
    const { stacks } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const [{ workingDirectory }] = Object.values<{ workingDirectory: string }>(stacks) as [
      { workingDirectory: string },
    ];
    const { output } = JSON.parse(readFileSync(join(folder, workingDirectory, 'cdk.tf.json'), 'utf8'));
    return output.url.value.replace(/\/$/, '');
  }

  /** The certificate (PEM) by which the site's is to be judged; undefined for a site without HTTPS. */
  get authority(): string | undefined {
    return this.url.startsWith('https:') ? readFileSync(siteAuthority(this.lab), 'utf8') : undefined;
  }

  status(): Promise<LabStatus> {
    return ask<LabStatus>(this.lab, 'GET', '/status');
  }

  /** Does something to the lab. */
  tell<T>(path: string, body?: object): Promise<T> {
    return ask<T>(this.lab, 'POST', path, body);
  }

  /** Asks DigitalOcean's API, as the account's owner. */
  async api<T>(method: 'GET' | 'PUT', path: string, body?: object): Promise<T> {
    const { apiUrl, deployToken } = await ask<LabAccess>(this.lab, 'GET', '/access');
    const headers = { authorization: `Bearer ${deployToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${apiUrl}${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async droplet(name: string): Promise<DropletStatus> {
    return dropletNamed(name, (await this.status()).droplets);
  }

  /** The load balancer that holds the Reserved IP, as load-balancer-1; undefined when nobody does. */
  async holder(): Promise<string | undefined> {
    const [holder] = Object.values((await this.status()).reservedIps);
    return holder?.match(LOAD_BALANCER)?.[0];
  }

  /** Names of both load balancers. */
  async loadBalancers(): Promise<string[]> {
    const { droplets } = await this.status();
    return droplets.flatMap(({ name }) => name.match(LOAD_BALANCER)?.[0] ?? []);
  }

  /** What a command in a droplet writes. Rejects when it fails, or when the droplet is off. */
  async run(name: string, ...command: string[]): Promise<string> {
    const { initPid } = await this.droplet(name);
    if (initPid === undefined) throw new Error(`${name} is off.`);
    return run([...enter(initPid), ...command], { timeout: 120_000 });
  }

  /** Lines that a unit has written to a droplet's journal since then, oldest first. None when the droplet is off. */
  async journal(name: string, unit: string, since: number): Promise<JournalLine[]> {
    const { initPid } = await this.droplet(name);
    if (initPid === undefined) return [];
    const query = ['journalctl', `--unit=${unit}`, `--since=@${(since / 1000).toFixed(3)}`, '--output=json'];
    const { stdout } = await attempt([...enter(initPid), ...query]);
    const lines = stdout.split('\n').filter(Boolean);
    return lines.map((line) => {
      const { __REALTIME_TIMESTAMP: time, MESSAGE: text } = JSON.parse(line);
      return { time: Number(time) / 1000, text: String(text) };
    });
  }

  /** What both load balancers say of the whole: undefined when nothing is missing, else one line. */
  async missing(): Promise<string | undefined> {
    const { droplets, faults } = await this.status();
    const off = droplets.filter(({ initPid }) => initPid === undefined).map(({ name }) => `${name} is off`);
    if (off.length > 0 || faults.length > 0) return [...off, ...faults].join(', ');
    const balancers = await this.loadBalancers();
    const reports = balancers.map(async (name) => {
      const { initPid } = await this.droplet(name);
      if (initPid === undefined) return [`${name} is off`];
      const check = await attempt([...enter(initPid), 'sh', '-c', this.stack.check], { timeout: 10_000 });
      return check.status === 0
        ? []
        : [`${name}: ${(check.stdout || check.stderr).trim().split('\n').join(', ')}`];
    });
    const found = (await Promise.all(reports)).flat();
    if (!(await this.holder())) found.push('nobody holds the Reserved IP');
    return found.length > 0 ? found.join('; ') : undefined;
  }

  /** Waits until nothing is missing. Rejects with what is. */
  async untilWhole(seconds: number): Promise<void> {
    let missing: string | undefined;
    const isWhole = async () => {
      missing = await this.missing();
      return missing === undefined;
    };
    const otherwise = () => `Not whole within ${seconds} s: ${missing}`;
    await until(isWhole, { within: seconds * 1000, otherwise, pause: 250 });
  }

  /** Ends everything that is broken on purpose, switches all droplets on, and lets the load balancers forget earlier moves. */
  async restore(): Promise<void> {
    await this.tell('/mend');
    const { droplets } = await this.status();
    const off = droplets.filter(({ initPid }) => initPid === undefined);
    await Promise.all(off.map(({ name }) => this.tell(`/droplets/${name}/power-on`)));
    for (const name of (await this.loadBalancers()).reverse()) {
      await this.run(name, 'sh', '-c', this.stack.reset);
    }
    await this.untilWhole(60);
  }

  /**
   * Synthesizes the stack again and deploys it; what is to be replaced is named by its address, the application's release by its tag.
   * Resolves to the addresses of what changed.
   */
  async deploy({ replace, release }: Deployment = {}): Promise<string[]> {
    const app = release === undefined ? this.stack.app : this.stack.releases?.app(release);
    const quiet = new Progress(() => {});
    const changes = await applyAgain({ name: this.lab, app, apply: 'direct', replace, progress: quiet });
    return changes.map(({ address }) => address);
  }

  /** Begins to deploy in a process of its own, which leads a group of all that it starts: so it can be killed. */
  startDeploying(deployment: Deployment): ChildProcess {
    const program = ['--require', 'ts-node/register', join(__dirname, 'deploy.ts')];
    const words = [this.lab, this.stack.app, JSON.stringify(deployment)];
    return spawn(process.execPath, [...program, ...words], {
      cwd: resolve(__dirname, '../..'), // of ts-node and its settings
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
  }
}
