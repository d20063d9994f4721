import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSpec } from '../api/faults';
import type { DnsFault } from '../network/dns-server';
import { type Entry, note } from './journal';
import type { Load } from './load';
import type { Site } from './site';

/** A time in which something was broken on purpose. Milliseconds since 1970; without an end it was never mended. */
export interface Band {
  readonly what: string;
  readonly from: number;
  to?: number;
}

interface Undo {
  readonly what: string;
  readonly band: Band;
  readonly work: () => Promise<unknown>;
}

/** What a drill can do to a stack. Whatever it breaks is mended at the end of the drill, if not by the drill itself. */
export class Verbs {
  readonly bands: Band[] = [];
  readonly run: Entry[] = [];
  readonly rollbacks: Entry[] = [];
  /** Only what was sent from then on counts. Milliseconds since 1970. */
  countedFrom = 0;
  private undos: Undo[] = [];

  constructor(
    private readonly site: Site,
    private readonly load: Load,
    /** The load balancer that holds the Reserved IP as the drill begins, and the other one. */
    readonly active: string,
    readonly standby: string,
  ) {}

  /** Pulls the plug of a droplet. */
  async powerOff(droplet: string): Promise<void> {
    const power = (what: string) => this.site.tell(`/droplets/${droplet}/${what}`);
    await this.break(
      `power off ${droplet}`,
      () => power('power-off'),
      () => power('power-on'),
    );
  }

  async powerOn(droplet: string): Promise<void> {
    await this.mend(`power off ${droplet}`);
  }

  /** Asks a droplet to reboot, and waits until the new system runs. */
  async reboot(droplet: string): Promise<void> {
    const from = Date.now();
    await this.act(`reboot ${droplet}`, () => this.site.tell(`/droplets/${droplet}/reboot`));
    this.bands.push({ what: `reboot ${droplet}`, from, to: Date.now() });
  }

  /** Loses all packets between two ends: "web-1:public", "api", "client", "everyone", ... */
  async cut(from: string, to: string): Promise<void> {
    const mend = () => this.site.tell('/mend');
    await this.break(`cut ${from} from ${to}`, () => this.site.tell('/cut', { from, to }), mend);
  }

  /** Ends all cuts and all faults of API and DNS. */
  async mendAll(): Promise<void> {
    for (const { what } of this.undos.filter(({ what }) => /^(cut|API|DNS)/.test(what)))
      await this.mend(what);
  }

  /** Makes calls of the API fail. */
  async failApi(fault: FaultSpec): Promise<void> {
    const what = `API: ${fault.kind} on ${fault.call}`;
    await this.break(
      what,
      () => this.site.tell('/fault', fault),
      () => this.site.tell('/mend'),
    );
  }

  async failDns(fault: DnsFault): Promise<void> {
    const mend = () => this.site.tell('/mend');
    await this.break(`DNS: ${fault}`, () => this.site.tell('/dns-fault', { fault }), mend);
  }

  /** Ends all processes of a unit at once, by SIGKILL. */
  async kill(droplet: string, unit: string): Promise<void> {
    const from = Date.now();
    await this.act(`kill ${unit} on ${droplet}`, () => this.signal(droplet, unit, 'KILL'));
    this.bands.push({ what: `kill ${unit}`, from, to: Date.now() });
  }

  /** Stops all processes of a unit where they are, by SIGSTOP: its ports stay open. */
  async hang(droplet: string, unit: string): Promise<void> {
    const resume = () => this.signal(droplet, unit, 'CONT');
    await this.break(`hang ${unit} on ${droplet}`, () => this.signal(droplet, unit, 'STOP'), resume);
  }

  async resume(droplet: string, unit: string): Promise<void> {
    await this.mend(`hang ${unit} on ${droplet}`);
  }

  /** Runs a command in a droplet, as an operator would; resolves to what it writes. */
  async exec(droplet: string, ...command: string[]): Promise<string> {
    return this.act(`run ${command.join(' ')} on ${droplet}`, () => this.site.run(droplet, ...command));
  }

  /** Breaks something in a way of the drill's own. */
  async break(what: string, work: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
    const band: Band = { what, from: Date.now() };
    this.bands.push(band);
    this.undos.push({ what, band, work: undo });
    await this.act(what, work);
  }

  async mend(what: string): Promise<void> {
    await this.takeBack(
      this.undos.filter((undo) => undo.what === what),
      this.run,
    );
  }

  /** Mends all that is still broken, the last first. */
  async rollBack(): Promise<void> {
    await this.takeBack([...this.undos].reverse(), this.rollbacks);
  }

  /** What users met so far doesn't count: the drill proper begins here. */
  async begin(): Promise<void> {
    this.countedFrom = Date.now();
  }

  /** Has a droplet replaced by a deployment. */
  async replace(droplet: string): Promise<void> {
    const from = Date.now();
    await this.act(`replace ${droplet}`, () => this.site.replace(droplet));
    this.bands.push({ what: `replace ${droplet}`, from, to: Date.now() });
  }

  async wait(seconds: number): Promise<void> {
    await this.act(`wait ${seconds} s`, () => sleep(seconds * 1000));
  }

  /** Waits until users are served again, for as long at most. Resolves to whether they are. */
  async untilServing(seconds: number): Promise<boolean> {
    const begun = Date.now();
    return this.act(`wait until users are served, ${seconds} s at most`, async () => {
      await sleep(1500); // what was answered before the fault is seen by then
      while (Date.now() - begun < seconds * 1000) {
        const last = this.load.samples.slice(-50);
        if (last.length > 0 && last.every(({ outcome, done }) => outcome === 'ok' && done > begun))
          return true;
        await sleep(100);
      }
      return false;
    });
  }

  /** Waits until nothing is missing. */
  async untilWhole(seconds: number): Promise<void> {
    await this.act('wait until nothing is missing', () => this.site.untilWhole(seconds));
  }

  /** Says what becomes of open connections when the Reserved IP moves: the provider keeps them, or cuts them. */
  async flows(flows: 'stay' | 'cut'): Promise<void> {
    const set = (mode: string) => this.site.tell('/flows', { flows: mode });
    await this.act(`open connections ${flows} when the Reserved IP moves`, () => set(flows));
    this.undos.push({ what: 'flows', band: { what: 'flows', from: 0 }, work: () => set('stay') });
  }

  /** Says how long the API needs to move the Reserved IP. */
  async assignTime(seconds: number): Promise<void> {
    const set = (time: number) => this.site.tell('/assign-time', { milliseconds: time * 1000 });
    await this.act(`the API needs ${seconds} s to move the Reserved IP`, () => set(seconds));
    this.undos.push({ what: 'assign time', band: { what: 'assign time', from: 0 }, work: () => set(1) });
  }

  /** Fails the drill unless something is so. */
  async expect(sentence: string, check: () => Promise<boolean>): Promise<void> {
    await note(this.run, { type: 'probe', name: sentence }, async () => {
      if (!(await check())) throw new Error(`Not so: ${sentence}`);
      return true;
    });
  }

  private async act<T>(name: string, work: () => Promise<T>): Promise<T> {
    return note(this.run, { type: 'action', name }, work);
  }

  private async takeBack(undos: readonly Undo[], entries: Entry[]): Promise<void> {
    this.undos = this.undos.filter((undo) => !undos.includes(undo));
    for (const { what, band, work } of undos) {
      await note(entries, { type: 'action', name: `end: ${what}` }, work);
      band.to = Date.now();
    }
  }

  private signal(droplet: string, unit: string, signal: string): Promise<string> {
    return this.site.run(droplet, 'systemctl', 'kill', `--signal=${signal}`, unit);
  }
}
