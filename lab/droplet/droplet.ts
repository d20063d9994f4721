import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DropletSpec } from '../api/server/hardware';
import { attempt, type RunOptions, type RunResult } from '../common/run';
import { until } from '../common/until';
import { AttachedVolumes } from './attached-volumes';
import { Cgroup } from './cgroup';
import { writeConfigDrive } from './config-drive';
import { resetNetwork, showMemory, showWholeProcAndSys } from './container-environment';
import { CONTAINERS, makeDisk, removeDisk } from './disk';
import { enter } from './enter';
import { boot, REBOOT } from './nspawn';
import { dropletDirectory } from './state-paths';
import type { Volume } from './volume';

export interface DropletOptions {
  readonly lab: string;
  /** Root file system of the image, which stays as it is. */
  readonly image: string;
  /** Path of a network namespace with eth0 and eth1. */
  readonly network: string;
  /** Connects (true) or disconnects (false) the network cards. */
  readonly connect: (connected: boolean) => Promise<void>;
  /** Certificates (PEM) that the droplet trusts besides the image's own. @default - none */
  readonly certificates?: readonly string[];
  /** Is told whenever the droplet has gone off or come on, for whatever reason; also when it could not come on again. */
  readonly onPower?: (on: boolean, problem?: Error) => void;
}

/** What systemd as process 1 takes as the wish to power off and to reboot: SIGRTMIN+4 and SIGRTMIN+5. */
const POWER_OFF_SIGNAL = 38;
const REBOOT_SIGNAL = 39;
/** Of the processors, for a first boot: at DigitalOcean it takes nothing from droplets that serve, and here all share the same ones. */
const FIRST_BOOT_SHARE = 0.1;
/** Longer than the 90 s after which systemd kills what doesn't stop. */
const GRACE = 120_000;

/** One droplet: a systemd container on an overlay above an image. */
export class Droplet {
  readonly volumes: AttachedVolumes;
  private readonly cgroup: Cgroup;
  private readonly directory: string;
  private wanted: 'on' | 'off' = 'off';
  private isNew = false;
  /** Resolves when the system has ended and what follows from that is done: after a reboot, the next one runs. */
  private running: Promise<void> | undefined;

  constructor(
    public spec: DropletSpec,
    private readonly options: DropletOptions,
  ) {
    this.cgroup = new Cgroup(options.lab, spec.id);
    this.directory = dropletDirectory(options.lab, spec.id);
    this.volumes = new AttachedVolumes(join(this.directory, 'disk'));
  }

  /** Process 1 of the droplet, as this machine numbers it; undefined when it has no power. */
  get initPid(): number | undefined {
    return this.cgroup.initPid();
  }

  /** The droplet's root file system as this machine sees it, on or off. */
  get root(): string {
    return join(this.directory, 'root');
  }

  /** Makes the disk. The droplet is off. */
  async create(): Promise<void> {
    await makeDisk(this.directory, this.options.image, this.spec, this.options.certificates);
    this.isNew = true;
  }

  /** Resolves when process 1 runs; cloud-init and the services need seconds more. */
  async powerOn(): Promise<void> {
    if (this.initPid) return;
    this.wanted = 'on';
    await this.cgroup.create();
    await this.applySize();
    await resetNetwork(this.options.network);
    await this.options.connect(true);
    const console = join(this.directory, 'console.log');
    const { ended } = boot({
      cgroup: this.cgroup,
      machine: `digitalocean-lab-${this.options.lab}-${this.spec.id}`,
      hostname: this.spec.name,
      root: this.root,
      network: this.options.network,
      binds: new Map([...this.volumes.binds(), [join(this.directory, CONTAINERS), '/var/lib/containers']]),
      console,
    });
    this.running = ended
      .then((status) => this.afterEnd(status))
      .catch((problem: Error) => this.options.onPower?.(false, problem));
    const failure = ended.then((status) => {
      throw new Error(
        `Droplet ${this.spec.name} did not boot: systemd-nspawn ended with ${status}, see ${console}.`,
      );
    });
    await Promise.race([failure, this.reaches(() => this.initPid !== undefined, 20_000, 'did not boot')]);
    await showMemory(this.initPid ?? 0, this.spec.memory);
    await showWholeProcAndSys(this.initPid ?? 0);
    if (this.isNew) this.stepBack().catch(() => {});
    this.isNew = false;
    this.options.onPower?.(true);
  }

  /** Pulls the plug: at once, nothing is sent and nothing written any more. */
  async powerOff(): Promise<void> {
    this.wanted = 'off';
    await this.options.connect(false);
    try {
      if (this.initPid) await this.volumes.pullThePlug(this.initPid);
    } finally {
      do {
        await this.cgroup.kill();
        await this.running;
      } while (this.initPid); // it was about to reboot
    }
  }

  /** Asks the system to stop, and waits up to two minutes for it. */
  async shutdown(): Promise<void> {
    const { initPid } = this;
    if (!initPid) return;
    process.kill(initPid, POWER_OFF_SIGNAL);
    await this.reaches(() => this.initPid !== initPid, GRACE, 'did not shut down');
    await this.running;
  }

  /** Asks the system to reboot; when two minutes later it hasn't, cuts its power for a moment. */
  async reboot(): Promise<void> {
    const { initPid, running } = this;
    if (!initPid) return this.powerOn();
    process.kill(initPid, REBOOT_SIGNAL);
    try {
      await this.reaches(() => this.initPid !== initPid, GRACE, 'did not reboot');
      await running;
    } catch {
      await this.powerOff();
      await this.powerOn();
    }
  }

  /** Takes over another size. Memory and processors are limited at once; what the system read at boot it keeps. */
  async resize(spec: DropletSpec): Promise<void> {
    this.spec = spec;
    if (this.initPid) await this.applySize();
  }

  /** Takes over another name, which is on the config drive from now on. */
  async rename(spec: DropletSpec): Promise<void> {
    this.spec = spec;
    await writeConfigDrive(this.root, spec);
  }

  /** Removes the droplet with its disk; its volumes become free. */
  async destroy(): Promise<void> {
    await this.powerOff();
    for (const volume of this.volumes.all) await this.volumes.detach(volume, undefined);
    await this.cgroup.remove();
    await removeDisk(this.directory);
  }

  attach(volume: Volume): Promise<void> {
    return this.volumes.attach(volume, this.initPid);
  }

  detach(volume: Volume): Promise<void> {
    return this.volumes.detach(volume, this.initPid);
  }

  /** The words that start a command inside the droplet, for who wants to run it with a terminal. */
  enter(): string[] {
    if (!this.initPid) throw new Error(`Droplet ${this.spec.name} is off; power it on first.`);
    return enter(this.initPid);
  }

  /** Runs a command inside the droplet, as root. */
  async exec(command: readonly string[], options?: RunOptions): Promise<RunResult> {
    return attempt([...this.enter(), ...command], options);
  }

  private async applySize(): Promise<void> {
    await this.cgroup.limit(this.spec.memory, this.spec.vcpus);
  }

  /** Lets the others go first until all is done that the first boot has to do, as installing packages. */
  private async stepBack(): Promise<void> {
    const { initPid } = this;
    await this.cgroup.weigh(FIRST_BOOT_SHARE);
    let state: string;
    do {
      await sleep(1000); // systemd can't be asked at once
      state = (await this.exec(['systemctl', 'is-system-running', '--wait'])).stdout.trim();
    } while (this.initPid === initPid && !['running', 'degraded', 'maintenance'].includes(state));
    await this.cgroup.weigh(1);
  }

  private async afterEnd(status: number): Promise<void> {
    await this.options.connect(false);
    await this.cgroup.kill();
    await this.cgroup.remove();
    this.options.onPower?.(false);
    if (status === REBOOT && this.wanted === 'on') await this.powerOn();
  }

  private async reaches(reached: () => boolean, within: number, failure: string): Promise<void> {
    const otherwise = `Droplet ${this.spec.name} ${failure} within ${within / 1000} s.`;
    await until(reached, { within, otherwise });
  }
}
