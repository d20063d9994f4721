import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSpec } from '../../../lab/api/server/faults';
import type { LabEvent } from '../../../lab/common/events';
import { run } from '../../../lab/common/run';
import type { StoreFault } from '../../../lab/external/object-store/store-fault';
import { siteAuthority } from '../../../lab/instance/runtime-paths';
import { CLIENT } from '../../../lab/network/addresses';
import type { DnsFault } from '../../../lab/network/dns-fault';
import { clientOf } from '../../../lab/network/link-names';
import { inside } from '../../../lab/network/namespace';
import type { Attack } from '../../attack/attacker';
import type { Said } from '../../attack/smuggler';
import type { Window } from '../../load/audit';
import { inClientNetwork, type Load } from '../../load/load';
import type { PatientPlan, PatientReport } from '../../load/patient-client';
import { ALL_PORTS, declaredPassages, type Passages, passages } from '../../reachability/reachability';
import { latency } from '../../report/figures';
import { note } from '../../report/journal';
import { eventsSince } from '../../report/moves';
import type { JournalLine, Site } from '../../stack/running-stack';
import { FaultLog } from './fault-log';

/** Milliseconds until all connections of an attack must be open. */
const ATTACK_WITHIN = 60_000;

/** Whom a drill is about, and what it may choose by. */
export interface Roles {
  /** The load balancer that holds the Reserved IP as the drill begins, and the other one. */
  readonly active: string;
  readonly standby: string;
  /** Of a drill that is different each time: the same for the same number. */
  readonly seed: number;
}

/** What got through the firewalls, and what should. */
export interface Knocked {
  readonly knocks: number;
  readonly passages: Passages;
  readonly declared: Passages;
}

/** What a drill can do to a stack. Whatever it breaks is mended at the end of the drill, if not by the drill itself. */
export class Actions extends FaultLog {
  /** Only what was sent from then on counts. Milliseconds since 1970. */
  countedFrom = 0;
  /** Acknowledged writes of that time may be gone: the drill goes back to before them. Milliseconds since 1970. */
  setAside: Window | undefined;
  /** What the drill counted, for its verdict. */
  readonly findings: string[] = [];
  /** From then on one load balancer at least can serve. Milliseconds since 1970. */
  healedAt: number | undefined;

  constructor(
    private readonly site: Site,
    private readonly load: Load,
    private readonly roles: Roles,
  ) {
    super();
  }

  get active(): string {
    return this.roles.active;
  }

  get standby(): string {
    return this.roles.standby;
  }

  get seed(): number {
    return this.roles.seed;
  }

  /** Pulls the plug of a droplet. */
  async powerOff(droplet: string): Promise<string> {
    const power = (what: string) => this.site.tell(`/droplets/${droplet}/${what}`);
    const { id } = await this.site.droplet(droplet);
    return this.break(
      `power off ${droplet}`,
      () => power('power-off'),
      () => power('power-on'),
      id,
    );
  }

  powerOn(droplet: string): Promise<void> {
    return this.mend(`power off ${droplet}`);
  }

  /** Asks a droplet to reboot, and waits until the new system runs. */
  async reboot(droplet: string): Promise<void> {
    await this.disturb(`reboot ${droplet}`, () => this.site.tell(`/droplets/${droplet}/reboot`));
  }

  /** Loses all packets between two ends ("web-1:public", "api", "client", "everyone", ...), or only those of the first. */
  async cut(from: string, to: string, oneWay = false): Promise<string> {
    const what = `cut ${from} from ${to}${oneWay ? ', one way' : ''}`;
    const [, alone] = (!oneWay && /^(.*):public from everyone$/.exec(`${from} from ${to}`)) || [];
    const cutOff = alone === undefined ? undefined : (await this.site.droplet(alone)).id;
    return this.breakLab(what, '/cut', { from, to, oneWay }, cutOff);
  }

  /** Keeps all packets between two droplets waiting, as while one of them is moved to another host. */
  hold(one: string, other: string): Promise<string> {
    return this.breakLab(`hold what goes between ${one} and ${other}`, '/hold', { one, other });
  }

  /** Has a link lose all packets of more bytes, as a tunnel does behind which nobody hears of it. */
  narrow(link: string, bytes: number): Promise<string> {
    return this.breakLab(`no packet above ${bytes} bytes passes ${link}`, '/netem', { link, mtu: bytes });
  }

  /** Makes calls of the API fail. */
  failApi(fault: FaultSpec): Promise<string> {
    return this.breakLab(`API: ${fault.kind} on ${fault.call}`, '/fault', fault);
  }

  failDns(fault: DnsFault): Promise<string> {
    return this.breakLab(`DNS: ${fault}`, '/dns-fault', { fault });
  }

  /** Breaks the object store, as `lab fault spaces` does. */
  failSpaces(kind: StoreFault['kind'], milliseconds?: number): Promise<string> {
    return this.breakLab(`Spaces: ${kind}`, '/spaces-fault', { kind, milliseconds });
  }

  /** Changes bytes of an object, for good. */
  async damageObject(bucket: string, key: string): Promise<void> {
    await this.disturb(`damage ${key} in ${bucket}`, () => this.site.tell('/damage', { bucket, key }));
  }

  /** Ends all processes of a unit at once, by SIGKILL. */
  async kill(droplet: string, unit: string): Promise<void> {
    await this.disturb(`kill ${unit} on ${droplet}`, () => this.signal(droplet, unit, 'KILL'));
  }

  /** Stops all processes of a unit where they are, by SIGSTOP: its ports stay open. */
  hang(droplet: string, unit: string): Promise<string> {
    return this.break(
      `hang ${unit} on ${droplet}`,
      () => this.signal(droplet, unit, 'STOP'),
      () => this.signal(droplet, unit, 'CONT'),
    );
  }

  /**
   * Has so many connections attack the site until that is mended, and waits until all of them are open. Resolves to how many have been
   * open from then on.
   */
  async attack(kind: Attack, connections: number): Promise<() => Open> {
    const words = [kind, String(connections), CLIENT.attacker, await this.reservedIp(), this.site.url];
    const counts: number[] = [];
    await this.break(
      `${connections} connections attack: ${kind}`,
      async () => {
        const child = inClientNetwork(this.site.lab, 'attack/attacker.ts', words);
        await untilOpen(child, connections).catch((error: Error) => {
          child.kill('SIGKILL');
          throw error;
        });
        child.on('message', (open: number) => counts.push(open));
        return child;
      },
      async (child) => child.kill('SIGKILL'),
    );
    return () => {
      if (counts.length === 0) throw new Error('The attacker does not say how many connections it has open.');
      return {
        least: Math.min(...counts),
        mean: counts.reduce((sum, open) => sum + open, 0) / counts.length,
      };
    };
  }

  /** Sends every request that might be understood in two ways, once; resolves to what the site said. */
  async smuggle(): Promise<Said[]> {
    const address = await this.reservedIp();
    return this.disturb('smuggle requests', async () => {
      const word = String(Date.now());
      const { lab, url, authority } = this.site;
      const words = [address, url, word, ...(authority ? [authority] : [])];
      const child = inClientNetwork(lab, 'attack/smuggler.ts', words);
      const [said] = await once(child, 'message');
      return said;
    });
  }

  /** Sends visitors who wait for answers that take so many seconds, and keep web sockets; resolves to what ends that, and tells of it. */
  async patientVisitors(seconds: number): Promise<() => Promise<PatientReport>> {
    const { lab, url, authority } = this.site;
    const plan: PatientPlan = { url, authority, address: await this.reservedIp(), seconds };
    const child = inClientNetwork(lab, 'load/patient-client.ts', [JSON.stringify(plan)]);
    const ended = once(child, 'close');
    let last: PatientReport | undefined;
    child.on('message', (report: PatientReport) => {
      last = report;
    });
    await this.set(
      'visitors with patience',
      () => Promise.race([once(child, 'message'), ended]),
      async () => child.kill('SIGKILL'),
    );
    return async () => {
      if (child.connected) child.send('stop');
      await ended;
      if (!last) throw new Error('The visitors with patience told nothing.');
      return last;
    };
  }

  /** Runs a command in the network of the stack's users; a path as its last word is made the site's. */
  async asVisitor(...command: string[]): Promise<string> {
    const address = await this.reservedIp();
    const { hostname, origin, protocol } = new URL(this.site.url);
    const port = protocol === 'https:' ? 443 : 80;
    const words = [
      ...command.slice(0, -1),
      ...(protocol === 'https:' ? ['--cacert', siteAuthority(this.site.lab)] : []),
      '--resolve',
      `${hostname}:${port}:${address}`,
      `${origin}${command.at(-1)}`,
    ];
    return this.act(`as a visitor: ${command.join(' ')}`, () =>
      run([...inside(clientOf(this.site.lab)), ...words]),
    );
  }

  /** Runs a command in a droplet, as an operator would; resolves to what it writes. */
  exec(droplet: string, ...command: string[]): Promise<string> {
    return this.act(`run ${command.join(' ')} on ${droplet}`, () => this.site.run(droplet, ...command));
  }

  /** What a command writes that looks and changes nothing: no deed that the journal of the drill would tell. */
  look(droplet: string, script: string): Promise<string> {
    return this.site.run(droplet, 'sh', '-c', script);
  }

  /** Where visitors arrive. */
  async reservedIp(): Promise<string> {
    const [address] = Object.keys((await this.site.status()).reservedIps);
    if (address === undefined) throw new Error('This stack has no Reserved IP.');
    return address;
  }

  /** What a unit on a droplet has written to the journal since then. */
  journal(droplet: string, unit: string, since: number): Promise<JournalLine[]> {
    return this.site.journal(droplet, unit, since);
  }

  /** Synthesizes the stack again and deploys it. Resolves to the addresses of what changed. */
  deploy(): Promise<string[]> {
    return this.disturb('deploy', () => this.site.deploy());
  }

  /** Deploys a release of the application. Rejects with the reason when it is refused. */
  async release(tag: string): Promise<void> {
    await this.disturb(`deploy release ${tag}`, () => this.site.deploy({ release: tag }));
  }

  /** When the first record of a zone was changed since then; undefined: none was. */
  firstRecord(since: number): number | undefined {
    return this.firstCall(since, 'PUT', /^\/v2\/domains\/.*\/records\//);
  }

  /** When the first droplet was told to shut down since then, as each is before it is destroyed; undefined: none was. */
  firstShutdown(since: number): number | undefined {
    return this.firstCall(since, 'POST', /^\/v2\/droplets\/\d+\/actions$/);
  }

  /** Has droplets replaced by a deployment, as a change of what they are made from would. */
  async replace(...droplets: string[]): Promise<void> {
    await this.disturb(`replace ${droplets.join(' and ')}`, () =>
      this.site.deploy({ replace: droplets.map(addressOf) }),
    );
  }

  /** Begins to replace droplets, and kills the deployment with all that it started once something has come to pass in the lab. */
  async replaceKilled(droplets: readonly string[], isTime: (events: readonly LabEvent[]) => boolean) {
    await this.disturb(`replace ${droplets.join(' and ')}, and kill the deployment`, async () => {
      const begun = Date.now();
      const child = this.site.startDeploying({ replace: droplets.map(addressOf) });
      const { pid } = child;
      if (!pid) throw new Error('The deployment could not be started.');
      const ended = once(child, 'exit');
      while (child.exitCode === null && !isTime(eventsSince(this.site.lab, begun))) await sleep(50);
      if (child.exitCode !== null) throw new Error('The deployment ended before it was to be killed.');
      process.kill(-pid, 'SIGKILL');
      await ended;
    });
  }

  /** Lets the account have so many more droplets and no more, until that is mended. */
  async limitDroplets(more: number): Promise<string> {
    const { droplets } = await this.site.status();
    return this.breakLab(`room for ${more} more droplets`, '/droplet-limit', {
      limit: droplets.length + more,
    });
  }

  /** Names of all droplets in the account, those on trial and those that go included. */
  async droplets(): Promise<string[]> {
    return (await this.site.status()).droplets.map(({ name }) => name).sort();
  }

  /**
   * Has a unit live at another time of day, such as +61d. A droplet of the lab can't set its clock, which is the machine's: the
   * unit is told another one.
   */
  async skew(droplet: string, unit: string, offset: string): Promise<string> {
    const folder = `/run/systemd/system/${unit}.service.d`;
    const variables = `FAKETIME=${offset} DONT_FAKE_MONOTONIC=1 LD_PRELOAD=%s`;
    const begin = `mkdir -p ${folder} && printf '[Service]\\nEnvironment=${variables}\\n' /usr/lib/*/faketime/libfaketime.so.1 > ${folder}/skew.conf`;
    const reload = `systemctl daemon-reload && systemctl try-restart ${unit}`;
    const sh = (script: string) => this.site.run(droplet, 'sh', '-c', script);
    await sh('command -v faketime || apt-get -qq install -y faketime >/dev/null 2>&1');
    return this.break(
      `clock of ${unit} on ${droplet} ${offset}`,
      () => sh(`${begin} && ${reload}`),
      () => sh(`rm ${folder}/skew.conf; ${reload}`),
    );
  }

  /** Has everybody ask everybody for every TCP port. */
  knock(): Promise<Knocked> {
    return this.disturb('knock at all ports', async () => {
      const { lab } = this.site;
      return { ...(await passages(lab, ALL_PORTS)), declared: await declaredPassages(lab) };
    });
  }

  /** Says what becomes of open connections when the Reserved IP moves: the provider keeps them, or cuts them. */
  flows(flows: 'stay' | 'cut'): Promise<void> {
    const to = (mode: string) => () => this.site.tell('/flows', { flows: mode });
    return this.set(`open connections ${flows} when the Reserved IP moves`, to(flows), to('stay'));
  }

  /** Says how long the API needs to move the Reserved IP. */
  assignTime(seconds: number): Promise<void> {
    const to = (time: number) => () => this.site.tell('/assign-time', { milliseconds: time * 1000 });
    return this.set(`the API needs ${seconds} s to move the Reserved IP`, to(seconds), to(1));
  }

  /** What users met so far doesn't count: the drill proper begins here. */
  async begin(): Promise<void> {
    this.countedFrom = Date.now();
  }

  /** From here on at least one load balancer can serve, so it has to. */
  async healed(): Promise<void> {
    this.healedAt = Date.now();
  }

  wait(seconds: number): Promise<void> {
    return this.act(`wait ${seconds} s`, () => sleep(seconds * 1000));
  }

  /** Waits until users are served again, for as long at most. Resolves to whether they are. */
  untilServing(seconds: number): Promise<boolean> {
    const begun = Date.now();
    return this.act(`wait until users are served, ${seconds} s at most`, async () => {
      await sleep(1500); // what was answered before the fault is seen by then
      while (Date.now() - begun < seconds * 1000) {
        const last = this.load.samples.slice(-50);
        if (last.every(({ outcome, done }) => outcome === 'ok' && done > begun)) return true;
        await sleep(100);
      }
      return false;
    });
  }

  /** Waits until nothing is missing. Rejects when something is, after so many seconds. */
  untilWhole(seconds: number): Promise<void> {
    return this.act('wait until nothing is missing', () => this.site.untilWhole(seconds));
  }

  /** How long answers took that were due in some time and are there, in milliseconds. */
  latencies({ from, to }: Window): number[] {
    const { samples, stalls } = this.load;
    return samples.filter(({ due }) => due >= from && due <= to).map((sample) => latency(sample, stalls));
  }

  /** Notes what the drill counted. */
  async find(sentence: string): Promise<void> {
    this.findings.push(sentence);
  }

  /** Waits until something is so. Fails the drill when it is not, after so many seconds. */
  async until(sentence: string, seconds: number, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    await this.expect(sentence, async () => {
      while (!(await check())) {
        if (Date.now() > deadline) return false;
        await sleep(500);
      }
      return true;
    });
  }

  /** Fails the drill unless something is so. */
  async expect(sentence: string, check: () => Promise<boolean>): Promise<void> {
    await note(this.run, { type: 'probe', name: sentence }, async () => {
      if (!(await check())) throw new Error(`Not so: ${sentence}`);
      return true;
    });
  }

  /** When the API was asked for it. */
  private firstCall(since: number, method: string, path: RegExp): number | undefined {
    const [call] = eventsSince(this.site.lab, since).flatMap((event) =>
      event.kind === 'api' && event.method === method && path.test(event.path)
        ? [Date.parse(event.time) - event.milliseconds]
        : [],
    );
    return call;
  }

  private breakLab(what: string, path: string, fault: object, cutOff?: number): Promise<string> {
    return this.break(
      what,
      () => this.site.tell<{ what: string }>(path, fault),
      (broken) => this.site.tell('/mend', broken),
      cutOff,
    );
  }

  private signal(droplet: string, unit: string, signal: string): Promise<string> {
    return this.site.run(droplet, 'systemctl', 'kill', `--signal=${signal}`, unit);
  }
}

/** How many of an attack's connections, as it has counted them several times a second. */
export interface Open {
  readonly least: number;
  readonly mean: number;
}

const addressOf = (droplet: string) => `digitalocean_droplet.${droplet}`;

/** Waits until an attacker has so many connections open. Rejects with one sentence when it ends before, or takes too long. */
function untilOpen(attacker: ChildProcess, connections: number): Promise<void> {
  let said = '';
  attacker.stderr?.on('data', (data) => {
    said += data;
  });
  return new Promise((resolve, reject) => {
    const late = `The ${connections} connections were not all open within ${ATTACK_WITHIN / 1000} s.`;
    const patience = setTimeout(() => reject(new Error(late)), ATTACK_WITHIN);
    attacker.on('close', () => reject(new Error(`The attacker has ended: ${said.trim()}`)));
    attacker.on('message', (open: number) => open >= connections && resolve());
    attacker.on('message', (open: number) => open >= connections && clearTimeout(patience));
  });
}
