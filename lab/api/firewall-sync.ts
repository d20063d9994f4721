import type { Events } from '../events';
import type { Cloud } from './cloud';
import type { FirewallRule, FirewallSpec, Hardware } from './hardware';
import type { Droplet, Firewall, Peers, Rule } from './records';

/**
 * Brings the firewalls to the hardware: after each change the whole set, one set at a time, the newest only. Until the
 * hardware has it, the firewalls that changed are `waiting`.
 */
export class FirewallSync {
  /** By firewall: the droplets it waits for. */
  private waiting = new Map<string, Map<number, { readonly removing: boolean }>>();
  /** By firewall: what the hardware was told last. */
  private applied = new Map<string, { readonly rules: string; readonly droplets: ReadonlySet<number> }>();
  private isRunning = false;
  private isWanted = false;
  private failed = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly hardware: Hardware,
    private readonly events: Events,
  ) {}

  /** The droplets that a firewall stands before, by id or by tag. */
  targets(firewall: Firewall): ReadonlySet<number> {
    const byTag = firewall.tags.flatMap((tag) => this.cloud.dropletsByTag.get(tag).map(({ id }) => id));
    return new Set([...firewall.dropletIds, ...byTag]);
  }

  status({ id }: Firewall): 'waiting' | 'succeeded' | 'failed' {
    if (this.waiting.get(id)?.size) return this.failed ? 'failed' : 'waiting';
    return 'succeeded';
  }

  pendingChanges({ id }: Firewall) {
    return [...(this.waiting.get(id) ?? [])].map(([droplet_id, { removing }]) => ({
      droplet_id,
      removing,
      status: 'waiting',
    }));
  }

  /** To be called in the transaction that changes firewalls, tags or droplets. */
  sync(): void {
    for (const firewall of this.cloud.firewalls.values()) this.note(firewall);
    this.isWanted = true;
    setImmediate(() => void this.run());
  }

  /** Notes for which droplets a firewall differs from what the hardware has. */
  private note(firewall: Firewall): void {
    const before = this.applied.get(firewall.id) ?? { rules: '', droplets: new Set<number>() };
    const targets = this.targets(firewall);
    const isChanged = before.rules !== rulesText(firewall);
    const changes = new Map<number, { removing: boolean }>();
    for (const id of targets) if (isChanged || !before.droplets.has(id)) changes.set(id, { removing: false });
    for (const id of before.droplets)
      if (!targets.has(id) && this.cloud.droplets.has(id)) changes.set(id, { removing: true });
    this.waiting.set(firewall.id, changes);
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    while (this.isWanted) {
      this.isWanted = false;
      await this.apply();
    }
    this.isRunning = false;
  }

  private async apply(): Promise<void> {
    const firewalls = this.cloud.firewalls.values();
    const told = new Map(
      firewalls.map((one) => [one.id, { rules: rulesText(one), droplets: this.targets(one) }]),
    );
    try {
      await this.hardware.setFirewalls(this.specs(firewalls));
      this.failed = false;
      this.applied = told;
    } catch (error) {
      this.failed = true;
      this.events.emit('lab', { message: `firewalls: ${error instanceof Error ? error.message : error}` });
      return;
    }
    this.waiting = new Map();
    for (const firewall of this.cloud.firewalls.values()) this.note(firewall);
  }

  private specs(firewalls: readonly Firewall[]): FirewallSpec[] {
    const resolve = this.resolver();
    const byDroplet = new Map<number, { inbound: FirewallRule[]; outbound: FirewallRule[] }>();
    for (const firewall of firewalls) {
      const inbound = firewall.inbound.map(resolve);
      const outbound = firewall.outbound.map(resolve);
      for (const id of this.targets(firewall)) {
        const spec = byDroplet.get(id) ?? { inbound: [], outbound: [] };
        byDroplet.set(id, {
          inbound: spec.inbound.concat(inbound),
          outbound: spec.outbound.concat(outbound),
        });
      }
    }
    return [...byDroplet].map(([dropletId, rules]) => ({ dropletId, ...rules }));
  }

  private resolver(): (rule: Rule) => FirewallRule {
    return ({ protocol, ports, peers }) => {
      const text = protocol === 'icmp' ? '' : ports === '0' ? 'all' : ports;
      return { protocol, ports: text, addresses: this.addresses(peers) };
    };
  }

  /** Tags and droplets stand for the public and the private addresses of their droplets. */
  private addresses({ addresses = [], droplet_ids = [], tags = [] }: Peers): string[] {
    const named = droplet_ids.map((id) => this.cloud.droplets.get(id)).filter((one) => one !== undefined);
    const droplets: Droplet[] = [...named, ...tags.flatMap((tag) => this.cloud.dropletsByTag.get(tag))];
    return [
      ...new Set([...addresses, ...droplets.flatMap((d) => [`${d.publicIp}/32`, `${d.privateIp}/32`])]),
    ];
  }
}

const rulesText = ({ inbound, outbound }: Firewall) => JSON.stringify([inbound, outbound]);
