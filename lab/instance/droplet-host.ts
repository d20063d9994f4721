import type { DropletSpec, FirewallSpec, Hardware } from '../api/server/hardware';
import { Droplets, type DropletsOptions } from '../droplet/droplets';
import type { Network } from '../network/network';

/** What the API's records stand for in a lab: droplets that boot, and a network that carries their traffic. */
export class DropletHost extends Droplets implements Hardware {
  private readonly anchors = new Map<number, string>();

  constructor(
    private readonly network: Network,
    options: Omit<DropletsOptions, 'wiring'>,
  ) {
    super({ ...options, wiring: network });
  }

  override async createDroplet(spec: DropletSpec): Promise<void> {
    this.anchors.set(spec.id, spec.anchor.ip);
    await super.createDroplet(spec);
  }

  override async destroyDroplet(id: number): Promise<void> {
    await super.destroyDroplet(id);
    this.anchors.delete(id);
  }

  async assignReservedIp(ip: string, dropletId: number | null): Promise<void> {
    await this.network.assignReservedIp(
      ip,
      dropletId === null ? null : (this.anchors.get(dropletId) ?? null),
    );
  }

  async setFirewalls(firewalls: readonly FirewallSpec[]): Promise<void> {
    await this.network.setFirewalls(firewalls);
  }
}
