import type { DropletSpec, Hardware, VolumeSpec } from '../api/server/hardware';
import { type BuildOptions, baseImage, isImageSlug } from '../image/images';
import { Droplet, type DropletOptions } from './droplet';
import { Volume } from './volume';

/** Who wires droplets: a Network, as far as droplets need one. */
export interface Wiring {
  /** Gives a droplet its network cards; resolves to the path of a network namespace with eth0 and eth1. */
  plugIn(droplet: DropletSpec): Promise<string>;
  /** Disconnects the cards, as a droplet without power has it. */
  unplug(dropletId: number): Promise<void>;
  replug(dropletId: number): Promise<void>;
  remove(dropletId: number): Promise<void>;
}

export interface DropletsOptions extends Pick<DropletOptions, 'lab' | 'certificates'>, BuildOptions {
  readonly wiring: Wiring;
  /** Which image stands in for one that the lab does not have, by their slugs. @default - none */
  readonly standIns?: Readonly<Record<string, string>>;
  /** Is told whenever a droplet has gone off or come on, for whatever reason. */
  readonly onPower?: (droplet: DropletSpec, on: boolean, problem?: Error) => void;
}

/** All droplets and volumes of a lab: the part of the Hardware that boots. */
export class Droplets implements Omit<Hardware, 'assignReservedIp' | 'setFirewalls'> {
  private readonly droplets = new Map<number, Droplet>();
  private readonly volumes = new Map<string, Volume>();

  constructor(private readonly options: DropletsOptions) {}

  async createDroplet(spec: DropletSpec): Promise<void> {
    const network = await this.options.wiring.plugIn(spec);
    await this.boot(await this.assemble(spec, network));
  }

  async destroyDroplet(id: number): Promise<void> {
    await this.get(id).destroy();
    this.droplets.delete(id);
    await this.options.wiring.remove(id);
  }

  /** Same droplet, blank disk; its volumes stay attached. */
  async rebuildDroplet(spec: DropletSpec): Promise<void> {
    const volumes = this.get(spec.id).volumes.all;
    await this.destroyDroplet(spec.id);
    const droplet = await this.assemble(spec, await this.options.wiring.plugIn(spec));
    for (const volume of volumes) await droplet.attach(volume);
    await this.boot(droplet);
  }

  resizeDroplet(spec: DropletSpec): Promise<void> {
    return this.get(spec.id).resize(spec);
  }

  renameDroplet(spec: DropletSpec): Promise<void> {
    return this.get(spec.id).rename(spec);
  }

  powerOn(id: number): Promise<void> {
    return this.get(id).powerOn();
  }

  powerOff(id: number): Promise<void> {
    return this.get(id).powerOff();
  }

  shutdown(id: number): Promise<void> {
    return this.get(id).shutdown();
  }

  reboot(id: number): Promise<void> {
    return this.get(id).reboot();
  }

  async createVolume(spec: VolumeSpec): Promise<void> {
    const volume = new Volume(this.options.lab, spec);
    await volume.create();
    this.volumes.set(spec.id, volume);
  }

  async destroyVolume(id: string): Promise<void> {
    await this.volume(id).destroy();
    this.volumes.delete(id);
  }

  resizeVolume(spec: VolumeSpec): Promise<void> {
    return this.volume(spec.id).resize(spec);
  }

  attachVolume(volumeId: string, dropletId: number): Promise<void> {
    return this.get(dropletId).attach(this.volume(volumeId));
  }

  detachVolume(volumeId: string, dropletId: number): Promise<void> {
    return this.get(dropletId).detach(this.volume(volumeId));
  }

  /** The droplet with an id. Throws when there is none. */
  get(id: number): Droplet {
    const droplet = this.find(id);
    if (!droplet) throw new Error(`There is no droplet ${id} in the lab ${this.options.lab}.`);
    return droplet;
  }

  find(id: number): Droplet | undefined {
    return this.droplets.get(id);
  }

  private volume(id: string): Volume {
    const volume = this.volumes.get(id);
    if (!volume) throw new Error(`There is no volume ${id} in the lab ${this.options.lab}.`);
    return volume;
  }

  private async assemble(spec: DropletSpec, network: string): Promise<Droplet> {
    const slug = this.options.standIns?.[spec.image] ?? spec.image;
    if (!isImageSlug(slug)) {
      throw new Error(`The lab has no image ${spec.image}; it has debian-13-x64 and ubuntu-24-04-x64.`);
    }
    const { lab, certificates, wiring, onPower } = this.options;
    const droplet = new Droplet(spec, {
      ...{ lab, certificates, network, image: await baseImage(slug, this.options) },
      connect: (connected) => (connected ? wiring.replug(spec.id) : wiring.unplug(spec.id)),
      onPower: (on, problem) => onPower?.(droplet.spec, on, problem),
    });
    this.droplets.set(spec.id, droplet);
    return droplet;
  }

  private async boot(droplet: Droplet): Promise<void> {
    await droplet.create();
    await droplet.powerOn();
  }
}
