import ipaddr from 'ipaddr.js';
import type { FirewallRule, FirewallSpec } from '../api/server/hardware';

const HOST = '/32';

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
  const peers = addresses.filter((address) => !address.includes(':')).map(normalized);
  const hosts = peers.filter((one) => one.endsWith(HOST)).map((one) => one.slice(0, -HOST.length));
  // No range is in a set (packet-filter.ts).
  const ranges = peers.filter((one) => !one.endsWith(HOST));
  return [...(hosts.length > 0 ? [`{ ${hosts.join(', ')} }`] : []), ...ranges].map(
    (one) => `${peer} ${one} ${service(protocol, ports)} return`,
  );
}

function service(protocol: FirewallRule['protocol'], ports: string): string {
  if (protocol === 'icmp') return 'ip protocol icmp';
  return ['all', '0', ''].includes(ports) ? `ip protocol ${protocol}` : `${protocol} dport ${ports}`;
}

function normalized(address: string): string {
  const cidr = address.includes('/') ? address : `${address}${HOST}`;
  if (!ipaddr.IPv4.isValidCIDR(cidr))
    throw new Error(`A firewall rule names "${address}", which is no address or range.`);
  return `${ipaddr.IPv4.networkAddressFromCIDR(cidr)}/${cidr.split('/')[1]}`;
}
