import {
  type FirewallInboundRule,
  type FirewallOutboundRule,
  Firewall as FirewallResource,
} from '@cdktf/provider-digitalocean/lib/firewall';
import { Construct } from 'constructs';
import type { Network } from './network';
import { ROLES, type Role } from './role';
import type { Settings } from './settings';

/** Every address there is, IPv4 and IPv6. */
export const WORLD: readonly string[] = ['0.0.0.0/0', '::/0'];

/** One end of a flow: the droplets of a role, or addresses outside the stack as CIDRs. */
export type End = Role | readonly string[];

/** Traffic that may pass. Whatever no flow names is dropped, in both directions; replies always pass. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  readonly protocol: 'tcp' | 'udp';
  /** "80", or "8404-8405" for a range. */
  readonly ports: string;
  /** Why the stack needs it, for whoever reads the list. */
  readonly purpose: string;
}

export interface FirewallProps {
  readonly settings: Settings;
  readonly network: Network;
  readonly flows: readonly Flow[];
}

/**
 * One cloud firewall per role, made of the flows: each gives the inbound rule at its one end and the outbound rule at the
 * other. A firewall finds its droplets by tag, so it can exist before them; `ScaleUpStack` sees to it that it does.
 */
export class Firewall extends Construct {
  private readonly firewalls: Record<Role, FirewallResource>;

  constructor(scope: Construct, id: string, { settings, network, flows }: FirewallProps) {
    super(scope, id);
    const firewall = (role: Role) =>
      new FirewallResource(this, role, {
        name: `${settings.prefix}-${role}`,
        tags: [network.roleTag(role).id],
        inboundRule: flows.filter(({ to }) => to === role).map((flow) => inbound(flow, network)),
        outboundRule: flows.filter(({ from }) => from === role).map((flow) => outbound(flow, network)),
      });
    this.firewalls = Object.fromEntries(ROLES.map((role) => [role, firewall(role)])) as Record<
      Role,
      FirewallResource
    >;
  }

  /** The firewall of every droplet with this role. */
  of(role: Role): FirewallResource {
    return this.firewalls[role];
  }
}

function inbound({ from, protocol, ports }: Flow, network: Network): FirewallInboundRule {
  const source = isRole(from) ? { sourceTags: [network.roleTag(from).id] } : { sourceAddresses: [...from] };
  return { protocol, portRange: ports, ...source };
}

function outbound({ to, protocol, ports }: Flow, network: Network): FirewallOutboundRule {
  const destination = isRole(to)
    ? { destinationTags: [network.roleTag(to).id] }
    : { destinationAddresses: [...to] };
  return { protocol, portRange: ports, ...destination };
}

function isRole(end: End): end is Role {
  return typeof end === 'string';
}
