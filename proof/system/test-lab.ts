import type { PlannedChange } from '../../lab/apply/deployer';
import { Progress } from '../../lab/common/progress';
import { attempt, type RunResult } from '../../lab/common/run';
import { until } from '../../lab/common/until';
import { enter } from '../../lab/droplet/enter';
import { ask } from '../../lab/instance/control-api';
import { type ApplyOptions, applyAgain, destroy } from '../../lab/instance/deploy';
import { down } from '../../lab/instance/down';
import { keepLogs, whereLogsAre } from '../../lab/instance/keep-logs';
import type { DropletStatus, LabStatus, Power } from '../../lab/instance/lab';
import { type Up, type UpOptions, up } from '../../lab/instance/up';
import { type Answer, askSite, type Question } from '../../lab/stack/site';
import type { SettingsInput } from '../../lib/settings';

declare global {
  /** What environment.ts does when a test has failed. */
  var onFailure: (() => Promise<void>) | undefined;
}

export type Settings = Partial<SettingsInput>;

/** What was said while labs started and stacks were deployed, a line each. */
export const said: string[] = [];
const progress = new Progress((line) => {
  said.push(line);
  process.stderr.write(`${line}\n`);
});

/** A lab with a stack on it, as its tests use it. `end` is for afterAll. */
export class TestLab {
  private constructor(
    readonly name: string,
    private readonly lab: Up,
  ) {}

  /** Starts a lab, with the stack as it is by default but for these settings. Takes half a minute, minutes without cached images. */
  static async start(
    name: string,
    settings: Settings = {},
    more: Pick<UpOptions, 'app' | 'stack' | 'apply' | 'image' | 'lifetime'> = {},
  ): Promise<TestLab> {
    const options = { name, port: 0, apply: 'direct', flows: 'stay', app: synthesizer(settings) } as const;
    const lab = new TestLab(name, await up({ ...options, ...more, progress }));
    globalThis.onFailure = async () => {
      const folder = await keepLogs(name);
      if (folder) progress.say(whereLogsAre(folder));
    };
    return lab;
  }

  get access() {
    return this.lab.access;
  }

  end(): Promise<boolean> {
    globalThis.onFailure = undefined;
    return down(this.name);
  }

  apply(
    settings: Settings,
    options: Pick<ApplyOptions, 'replace' | 'targets'> = {},
  ): Promise<readonly PlannedChange[]> {
    return applyAgain({ name: this.name, apply: 'direct', app: synthesizer(settings), progress, ...options });
  }

  /** What `npm run destroy` does. Objects stay in their buckets. */
  destroy(settings: Settings): Promise<void> {
    return destroy({ name: this.name, app: synthesizer(settings), progress });
  }

  status(): Promise<LabStatus> {
    return ask(this.name, 'GET', '/status');
  }

  async droplets(): Promise<readonly DropletStatus[]> {
    return (await this.status()).droplets;
  }

  /** The droplet whose name ends so: `web-1`. */
  async droplet(name: string): Promise<DropletStatus> {
    const found = (await this.droplets()).find((droplet) => droplet.name.endsWith(`-${name}`));
    if (!found) throw new Error(`There is no droplet ${name}.`);
    return found;
  }

  /** Name of the droplet that holds the Reserved IP. */
  async holder(): Promise<string | null | undefined> {
    return Object.values((await this.status()).reservedIps)[0];
  }

  /** Calls DigitalOcean's API as the stack's owner. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the API's answers
  async api(method: string, path: string, body?: object): Promise<any> {
    const { apiUrl, deployToken } = this.access;
    const headers = { authorization: `Bearer ${deployToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${apiUrl}${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  /** Asks the site as a visitor does, who waits for so many milliseconds. */
  get(path: string, headers: Question['headers'] = {}, timeout = 2000): Promise<Answer> {
    return askSite(this.access.site, path, { timeout, headers });
  }

  /** Writes a note; gives the answer. */
  write(text: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return askSite(this.access.site, '/notes', { method: 'POST', headers, body: JSON.stringify({ text }) });
  }

  async isWhole(): Promise<boolean> {
    return (await this.get('/-/redundancy')).status === 200 && (await this.get('/')).status === 200;
  }

  async power(droplet: string, what: Power): Promise<void> {
    await ask(this.name, 'POST', `/droplets/${droplet}/${what}`);
  }

  /** Runs a command in a droplet, as root. */
  async exec({ initPid }: DropletStatus, command: readonly string[], input?: string): Promise<RunResult> {
    return attempt([...enter(initPid ?? 0), ...command], { timeout: 5 * 60_000, input });
  }

  /** What a command says on a droplet, as root. Rejects with that when it ends with another status than 0. */
  async said(droplet: string, ...command: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.exec(await this.droplet(droplet), command);
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Status and text of what a droplet answers over the VPC to a load balancer, such as to `:8406/-/droplet`. */
  async asked(droplet: string, path: string): Promise<string> {
    const url = `http://${(await this.droplet(droplet)).privateIp}${path}`;
    const curl = ['curl', '--silent', '--max-time', '10', '--include', url];
    const { stdout } = await this.exec(await this.droplet('load-balancer-1'), curl);
    const [head = '', ...text] = stdout.split('\r\n\r\n');
    return `${head.split(' ')[1]} ${text.join('')}`.trim();
  }

  /** What is wrong with a droplet, by its own page. */
  page(droplet: string): Promise<string> {
    return this.asked(droplet, ':8406/-/droplet');
  }

  /** What a command says on every droplet, by the droplet's name. */
  async everywhere(...command: string[]): Promise<Record<string, string>> {
    const answers = (await this.droplets()).map(async (droplet) => {
      return [droplet.name, (await this.exec(droplet, command)).stdout.trim()] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }
}

/** Units that failed, with their last words, or had to be restarted, such as "production-web-1: nginx.service restarted 2 times". */
export async function troubledUnits(lab: TestLab): Promise<string[]> {
  const show = ['systemctl', 'show', '--property=Id,ActiveState,NRestarts'];
  const answers = Object.entries(await lab.everywhere(...show, '*.service', '*.mount', '*.timer'));
  const troubles = answers.flatMap(([droplet, answer]) =>
    answer.split('\n\n').map(async (unit) => {
      const facts = Object.fromEntries(unit.split('\n').map((line) => line.split('=', 2)));
      const { Id, ActiveState, NRestarts = '0' } = facts;
      if (ActiveState === 'failed') return `${droplet}: ${Id} failed: ${await lastWords(lab, droplet, Id)}`;
      return NRestarts === '0' ? '' : `${droplet}: ${Id} restarted ${NRestarts} times`;
    }),
  );
  return (await Promise.all(troubles)).filter(Boolean);
}

async function lastWords(lab: TestLab, droplet: string, unit: string): Promise<string> {
  const journal = ['journalctl', '--boot', '--no-pager', '--output=cat', '--lines=15', `--unit=${unit}`];
  const one = (await lab.droplets()).find(({ name }) => name === droplet);
  return one ? (await lab.exec(one, journal)).stdout : '';
}

/** Waits until it is so, asking again when it fails. Resolves to the milliseconds that it took. */
export async function eventually(what: () => Promise<boolean>, seconds: number): Promise<number> {
  const start = Date.now();
  const otherwise = `Not within ${seconds} s: ${what}`;
  await until(() => what().catch(() => false), { within: seconds * 1000, otherwise, pause: 250 });
  return Date.now() - start;
}

/** The command that synthesizes the stack with these settings. */
export function synthesizer(settings: Settings): string {
  return `node --require ts-node/register proof/stack/our-stack.ts '${JSON.stringify(settings)}'`;
}

/** Requests for a path at an even pace, each one counted, until it is ended. */
export class Load {
  private readonly requests: Promise<string>[] = [];
  private readonly timer: NodeJS.Timeout;

  /** `perSecond`: as many requests as visitors make, by default. */
  constructor(lab: TestLab, path = '/', perSecond = 20) {
    this.timer = setInterval(() => this.requests.push(visit(lab, path)), 1000 / perSecond).unref();
  }

  /** How many requests there were, and what became of each that failed. */
  async end(): Promise<{ sent: number; failed: string[] }> {
    clearInterval(this.timer);
    const outcomes = await Promise.all(this.requests);
    return { sent: outcomes.length, failed: outcomes.filter((outcome) => outcome !== 'ok') };
  }
}

/** A late answer is one: on a machine that is busy all of them are late now and then. */
async function visit(lab: TestLab, path: string): Promise<string> {
  try {
    const { ok, status, text } = await lab.get(path, {}, 20_000);
    return ok ? 'ok' : `${status} ${text.slice(0, 100)}`;
  } catch (error) {
    return String(error);
  }
}
