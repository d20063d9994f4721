import type { DropletSpec, FirewallSpec } from '../api/server/hardware';
import { ANCHOR, CLIENT, METADATA, SERVICES } from './addresses';
import { firewallChains } from './cloud-firewall';
import type { DelayLine } from './delay-line';
import { type Cut, cutRules, type Disturbance, type Hold, linkOf } from './faults';
import { CLIENT_LINK, publicLink, vpcLink } from './link-names';

/** Everything that decides about a packet in the fabric. */
export interface FilterState {
  readonly droplets: readonly DropletSpec[];
  readonly firewalls: readonly FirewallSpec[];
  /** Anchor address of the holder by Reserved IP. Those that nobody holds are absent. */
  readonly holders: ReadonlyMap<string, string>;
  /** What becomes of established connections to a Reserved IP that moves. */
  readonly flows: 'stay' | 'cut';
  readonly cuts: readonly Cut[];
  readonly holds: readonly Hold[];
  /** By link; with the device that holds back its packets if it is slow. */
  readonly disturbances: ReadonlyMap<string, Disturbance & { readonly line?: Pick<DelayLine, 'device'> }>;
}

/** Marks packets that are still to be delayed, or held by the first of the lines that hold; the line gives them back without it. */
const TO_DELAY = 1;
const TO_HOLD = 2;

/**
 * The fabric's whole packet filter as one transaction for `nft -f`. Connections live in the kernel's connection
 * tracking, outside of it: replacing the filter cuts none. It has no set of ranges: the kernel fills such a one a moment after the rules
 * that use it have come into force, and new connections of that moment would be lost.
 */
export function packetFilter(state: FilterState): string {
  const faults = cutRules(state.cuts);
  const { translate, restore, source } = state.flows === 'stay' ? followConnections(state) : followHolder;
  return `
table ip digitalocean
delete table ip digitalocean
table ip digitalocean {
  set genuine { type ifname . ether_addr . ipv4_addr; ${elements(state.droplets.flatMap(genuine))} }
  set anchors-in-use { type ipv4_addr; ${elements([...state.holders.values()])} }
  set services { type ipv4_addr; ${elements(Object.values(SERVICES).flat())} }
  map outbound { type ifname : verdict; ${elements(state.firewalls.flatMap(jumps('outbound')))} }
  map inbound { type ifname : verdict; ${elements(state.firewalls.flatMap(jumps('inbound')))} }
  map holder { type ipv4_addr : ipv4_addr; ${elements([...state.holders].map(([ip, anchor]) => `${ip} : ${anchor}`))} }
  map reserved { type ipv4_addr : ipv4_addr; ${elements([...state.holders].map(([ip, anchor]) => `${anchor} : ${ip}`))} }
  ${state.firewalls.map(firewallChains).join('')}

  chain genuine-only {
    type filter hook prerouting priority raw;
    iifname "lo" accept
    iifname "${CLIENT_LINK}" ip saddr != ${CLIENT.range} drop
    iifname != "${CLIENT_LINK}" iifname . ether saddr . ip saddr != @genuine drop
    ip daddr ${ANCHOR.range} ip daddr != ${ANCHOR.gateway} drop
    ${losses(state.disturbances, 'iifname')}
    ${restore}
  }
  chain reserved-ip {
    type ${translate}
  }
  chain source {
    type nat hook postrouting priority srcnat;
    ${hairpins(state)}
    ${source}
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    oifname "lo" drop
    ${faults.forward.join('\n    ')}
    ct state established,related ip protocol { tcp, udp, icmp } accept
    ip saddr ${ANCHOR.range} ip saddr != @anchors-in-use drop
    iifname vmap @outbound
    oifname vmap @inbound
    ${vpcs(state.droplets)
      .map((range) => `ip saddr ${range} ip daddr ${range} iifname "vpc-*" oifname "vpc-*" accept`)
      .join('\n    ')}
    iifname "vpc-*" drop
    oifname "vpc-*" drop
    accept
  }
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ${faults.input.join('\n    ')}
    ct state established,related ip protocol { tcp, udp, icmp } accept
    ip daddr ${METADATA} iifname "pub-*" tcp dport 80 accept
    ip daddr ${METADATA} drop
    iifname vmap @outbound
    ip daddr @services accept
    ip protocol icmp accept
  }
  chain output {
    type filter hook output priority filter;
    ${faults.output.join('\n    ')}
    ${isNarrow(state) ? 'icmp type destination-unreachable icmp code frag-needed drop' : ''}
  }
  chain leaving {
    type filter hook postrouting priority filter;
    ${losses(state.disturbances, 'oifname')}
    ${slowLinks(state)
      .map(({ link }) => `oifname "${link}" meta mark set ${TO_DELAY}`)
      .join('\n    ')}
    ${state.holds.map(toHold).join('\n    ')}
  }
}
table netdev digitalocean
delete table netdev digitalocean
table netdev digitalocean {
  ${[...slowLinks(state), ...state.holds.map(holding)].map(detour).join('')}
}
`;
}

function slowLinks({ disturbances }: FilterState): Detour[] {
  return [...disturbances].flatMap(([link, { line }]) =>
    line ? [{ link, device: line.device, mark: TO_DELAY }] : [],
  );
}

function toHold({ from, to }: Hold, index: number): string {
  return `iifname "${linkOf(from)}" oifname "${linkOf(to)}" meta mark set ${TO_HOLD + index}`;
}

function holding({ to, line }: Hold, index: number): Detour {
  return { link: linkOf(to), device: line.device, mark: TO_HOLD + index };
}

/** Whether packets may be too large for a link: the fabric then must not say so. */
function isNarrow({ disturbances }: FilterState): boolean {
  return [...disturbances.values()].some(({ mtu }) => mtu !== undefined);
}

interface Detour {
  readonly link: string;
  readonly device: string;
  readonly mark: number;
}

/** Leads what leaves by a link with a mark through a line first. */
function detour({ link, device, mark }: Detour): string {
  return `
  chain into-${device} {
    type filter hook egress device "${link}" priority filter;
    meta mark ${mark} fwd to "${device}"
  }
  chain out-of-${device} {
    type filter hook ingress device "${device}" priority filter;
    fwd to "${link}"
  }`;
}

/** Flows stay: connection tracking translates, and remembers the holder at a connection's first packet. */
function followConnections({ holders }: FilterState) {
  return {
    translate: 'nat hook prerouting priority dstnat; dnat to ip daddr map @holder',
    restore: '',
    source: holders.size > 0 ? 'snat to ip saddr map @reserved' : '',
  };
}

/**
 * Flows are cut: each packet is translated by itself, to the holder of the moment, which knows nothing of the old
 * holder's connections and resets them. Answers are restored before connection tracking sees them.
 */
const followHolder = {
  translate: 'filter hook prerouting priority dstnat; ip daddr set ip daddr map @holder',
  restore: 'ip daddr != @services ip saddr set ip saddr map @reserved',
  source: '',
};

/** A droplet that asks its own Reserved IP would take a packet from its own address for a forgery. */
function hairpins({ droplets, holders }: FilterState): string {
  const held = new Set(holders.values());
  const pairs = droplets.filter((d) => held.has(d.anchor.ip)).map((d) => `${d.public.ip} . ${d.anchor.ip}`);
  return pairs.length > 0 ? `ip saddr . ip daddr { ${pairs.join(', ')} } snat to ${ANCHOR.gateway}` : '';
}

function genuine({ id, public: open, anchor, private: closed }: DropletSpec): string[] {
  return [
    `"${publicLink(id)}" . ${open.mac} . ${open.ip}`,
    `"${publicLink(id)}" . ${open.mac} . ${anchor.ip}`,
    `"${vpcLink(id)}" . ${closed.mac} . ${closed.ip}`,
  ];
}

function vpcs(droplets: readonly DropletSpec[]): string[] {
  return [...new Set(droplets.map((d) => d.private.vpcRange))];
}

function jumps(direction: 'inbound' | 'outbound') {
  return ({ dropletId }: FirewallSpec) =>
    [publicLink(dropletId), vpcLink(dropletId)].map((link) => `"${link}" : jump ${direction}-${dropletId}`);
}

function losses(disturbances: FilterState['disturbances'], link: 'iifname' | 'oifname'): string {
  return [...disturbances]
    .filter(([, { loss }]) => loss)
    .map(([name, { loss = 0 }]) => `${link} "${name}" ${share(loss)} drop`)
    .join('\n    ');
}

/** The syntax has no comparison that is always true. */
function share(percent: number): string {
  return percent === 100 ? '' : `numgen random mod 10000 < ${Math.round(percent * 100)}`;
}

/** The filter's syntax has no empty list of elements. */
function elements(list: readonly string[]): string {
  return list.length > 0 ? `elements = { ${list.join(', ')} };` : '';
}
