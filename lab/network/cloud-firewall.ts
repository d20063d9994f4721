import ipaddr from 'ipaddr.js';
import type { FirewallRule, FirewallSpec } from '../api/server/hardware';

/**
 * The chains (nft syntax) of one droplet's cloud firewall. Only new connections get here. What a rule allows returns to
 * the caller, all else is dropped: so are protocols other than TCP, UDP and ICMP, as no rule can name them.
 */
export function firewallChains({ dropletId, inbound, outbound }: FirewallSpec): string {
  // A connection to a Reserved IP is judged by that address, not by the anchor address that it was translated to.
  return `
  chain inbound-${dropletId} {
    ${[...inbound.flatMap((rule) => allow(rule, 'ip saddr')), 'drop'].join('\n    ')}
  }
  chain outbound-${dropletId} {
    ${[...outbound.flatMap((rule) => allow(rule, 'ct original ip daddr')), 'drop'].join('\n    ')}
  }`;
}

function allow({ protocol, ports, addresses }: FirewallRule, peer: string): string[] {
  const ranges = addresses.filter((address) => !address.includes(':')).map(normalized);
  if (ranges.length === 0) return [];
  return [`${peer} { ${ranges.join(', ')} } ${service(protocol, ports)} return`];
}

function service(protocol: FirewallRule['protocol'], ports: string): string {
  if (protocol === 'icmp') return 'ip protocol icmp';
  return ['all', '0', ''].includes(ports) ? `ip protocol ${protocol}` : `${protocol} dport ${ports}`;
}

function normalized(address: string): string {
  const cidr = address.includes('/') ? address : `${address}/32`;
  if (!ipaddr.IPv4.isValidCIDR(cidr))
    throw new Error(`A firewall rule names "${address}", which is no address or range.`);
  return `${ipaddr.IPv4.networkAddressFromCIDR(cidr)}/${cidr.split('/')[1]}`;
}
