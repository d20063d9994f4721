import type { Events } from '../../common/events';
import { DROPLETS, type Droplet } from '../droplet/stored-droplet';
import type { Cloud } from '../server/cloud';
import type { FirewallRule, FirewallSpec, Hardware } from '../server/hardware';
import { FIREWALLS, type Firewall, type Peers, type Rule } from './stored-firewall';

/** What the hardware has of a firewall. */
interface Applied {
  readonly rules: string;
  readonly droplets: ReadonlySet<number>;
}

/**
 * Brings the firewalls to the hardware: after each change the whole set, one set at a time, the newest only. Until the
 * hardware has it, the firewalls that changed are `waiting`.
 */
export class FirewallSync {
  /** By firewall. */
  private applied = new Map<string, Applied>();
  private isRunning = false;
  private isWanted = false;
  private failed = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly hardware: Hardware,
    private readonly events: Events,
    private readonly isRecordsOnly: boolean,
  ) {}

  /** Whether a firewall stands before a droplet, by its id or a tag. */
  covers(firewall: Firewall, { id, tags }: Droplet): boolean {
    return firewall.dropletIds.includes(id) || firewall.tags.some((tag) => tags.includes(tag));
  }

  status(firewall: Firewall): 'waiting' | 'succeeded' | 'failed' {
    if (this.pendingChanges(firewall).length > 0) return this.failed ? 'failed' : 'waiting';
    return 'succeeded';
  }

  /** The droplets for which a firewall differs from what the hardware has. */
  pendingChanges(firewall: Firewall) {
    const before = this.applied.get(firewall.id);
    const targets = this.targets(firewall);
    const isChanged = before?.rules !== rulesText(firewall);
    const added = [...targets].filter((id) => isChanged || !before?.droplets.has(id));
    const removed = [...(before?.droplets ?? [])].filter(
      (id) => !targets.has(id) && this.cloud.of(DROPLETS).has(id),
    );
    const change = (removing: boolean) => (id: number) => ({ droplet_id: id, removing, status: 'waiting' });
    return [...added.map(change(false)), ...removed.map(change(true))];
  }

  /** To be called when firewalls, tags or droplets have changed. */
  sync(): void {
    this.isWanted = true;
    setImmediate(() => void this.run());
  }

  private targets(firewall: Firewall): ReadonlySet<number> {
    const byTag = firewall.tags.flatMap((tag) =>
      this.cloud
        .of(DROPLETS)
        .byTag.get(tag)
        .map(({ id }) => id),
    );
    return new Set([...firewall.dropletIds, ...byTag]);
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
    const firewalls = this.cloud.of(FIREWALLS).values();
    const told = new Map(
      firewalls.map((one) => [one.id, { rules: rulesText(one), droplets: this.targets(one) }]),
    );
    try {
      if (!this.isRecordsOnly) await this.hardware.setFirewalls(this.specs(firewalls));
      this.failed = false;
      this.applied = told;
    } catch (error) {
      this.failed = true;
      this.events.emit('lab', { message: `firewalls: ${error instanceof Error ? error.message : error}` });
    }
    this.cloud.changed();
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
    const named = droplet_ids.map((id) => this.cloud.of(DROPLETS).get(id)).filter((one) => one !== undefined);
    const droplets: Droplet[] = [...named, ...tags.flatMap((tag) => this.cloud.of(DROPLETS).byTag.get(tag))];
    return [
      ...new Set([...addresses, ...droplets.flatMap((d) => [`${d.publicIp}/32`, `${d.privateIp}/32`])]),
    ];
  }
}

const rulesText = ({ inbound, outbound }: Firewall) => JSON.stringify([inbound, outbound]);
