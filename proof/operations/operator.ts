import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from '../../lab/common/run';
import { until } from '../../lab/common/until';
import { enter } from '../../lab/droplet/enter';
import type { SettingsInput } from '../../lib/settings';
import type { TestLab } from '../system/test-lab';
import type { Workstation } from '../system/workstation';
import { isPrinted, type Section, type Step } from './document';

/** Milliseconds: a restore takes minutes on a busy machine. */
const LONGEST = 600_000;
/** For so long may what is to be printed still be on its way, or a droplet that reboots. Milliseconds. */
const PATIENCE = 600_000;

/** What changes something is done once, whatever it prints. All else that is to print something is a look. */
const CHANGE = /^(npm run|scale-up restore --to) /m;

/** The droplets that a document means by these words. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'the database droplet': ['database-1'],
  'an app droplet': ['app-1'],
  'a web droplet': ['web-1'],
  'a load balancer': ['load-balancer-1'],
  'both load balancers': ['load-balancer-1', 'load-balancer-2'],
};

/** What is another one's for every reader: words in capitals, and what somebody types in. */
export interface Particulars {
  /** Asked anew for each step. */
  readonly words: () => Promise<Readonly<Record<string, string>>>;
  readonly typed?: string;
}

interface Ending {
  readonly status: number;
  readonly output: string;
}

/**
 * Somebody who does in a lab what a document says: each command as it stands, on the droplet that is named or on a machine of the world
 * outside. `npm run deploy` and `destroy` alone are the lab's, since Terraform's providers can't be had everywhere.
 */
export class Operator {
  constructor(
    private readonly lab: TestLab,
    private readonly workstation: Workstation,
    /** What main.ts has in the beginning. */
    private settings: Partial<SettingsInput>,
  ) {}

  /** Rejects at the first step that fails, or prints something else than the document says. */
  async follow({ steps }: Section, { words, typed }: Particulars): Promise<void> {
    for (const [index, { kind, place, ...step }] of steps.entries()) {
      const own = Object.entries(await words());
      const text = own.reduce(
        (all, [word, value]) => all.replace(new RegExp(`\\b${word}\\b`, 'g'), () => value),
        step.text,
      );
      const next = steps[index + 1];
      const printed = next?.kind === 'text' ? next.text : undefined;
      if (kind === 'ts') this.settings = merged(this.settings, settingsOf(text));
      if (kind === 'sh') await this.carryOut({ kind, text, place }, printed, typed);
    }
  }

  /**
   * A look at something is repeated until it prints what it should, whether or not something is wrong; what prints nothing of interest has
   * to succeed.
   */
  private async carryOut(step: Step, printed: string | undefined, typed?: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const { status, output } = await this.attempt(step, typed);
      if (printed === undefined ? status === 0 : isPrinted(printed, output)) return;
      if (printed === undefined || CHANGE.test(step.text) || Date.now() > end) {
        const missing = printed === undefined ? '' : ` without a word of\n${printed}\n`;
        throw new Error(`${step.text}\nended with ${status},${missing} but:\n${output}`);
      }
      await sleep(1000);
    }
  }

  private async attempt({ text, place }: Step, typed?: string): Promise<Ending> {
    if (place === undefined) return this.here(text, typed);
    const droplets = PLACES[place] ?? [place];
    const endings = await Promise.all(droplets.map((droplet) => this.on(droplet, text, typed)));
    return {
      status: Math.max(...endings.map(({ status }) => status)),
      output: endings.map(({ output }) => output).join('\n'),
    };
  }

  /** Commands of which the last one reboots are done once the droplet is up again. */
  private async on(droplet: string, commands: string, input?: string): Promise<Ending> {
    const { initPid } = await this.lab.droplet(droplet);
    if (initPid === undefined) return { status: 1, output: `${droplet} is off` };
    const shell = [...enter(initPid), 'bash', '-euo', 'pipefail', '-c', commands];
    const { status, stdout, stderr } = await attempt(shell, { timeout: LONGEST, input });
    if (/^systemctl reboot/m.test(commands)) await this.untilRebooted(droplet, initPid);
    return { status, output: stdout + stderr };
  }

  private async untilRebooted(droplet: string, before: number): Promise<void> {
    const isUp = async () => ![undefined, before].includes((await this.lab.droplet(droplet)).initPid);
    await until(isUp, { within: PATIENCE, otherwise: `${droplet} does not come back`, pause: 250 });
  }

  /** Each line that deploys by itself, and those between them together. */
  private async here(commands: string, input?: string): Promise<Ending> {
    let output = '';
    for (const part of commands
      .split(/^(npm run (?:deploy|destroy).*)$/m)
      .filter((one) => one.trim() !== '')) {
      const [command = '', ...words] = part.replace(/ +#.*/, '').split(' -- ');
      const ending =
        command === 'npm run deploy'
          ? await this.deploy(words.join().split(' ').filter(Boolean))
          : command === 'npm run destroy'
            ? await this.destroy()
            : await this.shell(part, input);
      output += ending.output;
      if (ending.status !== 0) return { status: ending.status, output };
    }
    return { status: 0, output };
  }

  private async shell(commands: string, input?: string): Promise<Ending> {
    const { status, stdout, stderr } = await this.workstation.shell(commands, { input });
    return { status, output: stdout + stderr };
  }

  private async destroy(): Promise<Ending> {
    await this.lab.destroy(this.settings);
    return { status: 0, output: '' };
  }

  private async deploy(words: readonly string[]): Promise<Ending> {
    const [replace = [], targets = []] = ['-replace=', '-target='].map((option) =>
      words.filter((word) => word.startsWith(option)).map((word) => word.slice(option.length)),
    );
    try {
      const changes = await this.lab.apply(this.settings, {
        replace,
        ...(targets.length > 0 ? { targets } : {}),
      });
      return { status: 0, output: changes.map(({ action, address }) => `${action} ${address}\n`).join('') };
    } catch (error) {
      return { status: 1, output: (error as Error).message };
    }
  }
}

/** What a block of settings says, as main.ts would have it. */
function settingsOf(text: string): Partial<SettingsInput> {
  return new Function(`return ({ ${text}\n})`)();
}

function merged<T extends object>(settings: T, change: object): T {
  const isGroup = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = Object.entries(change).map(([key, value]) => {
    const before = (settings as Record<string, unknown>)[key];
    return [key, isGroup(before) && isGroup(value) ? merged(before, value) : value];
  });
  return { ...settings, ...Object.fromEntries(entries) };
}
