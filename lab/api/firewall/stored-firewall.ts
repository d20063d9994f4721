import { Table } from '../server/store';

export interface Peers {
  readonly addresses?: readonly string[];
  readonly droplet_ids?: readonly number[];
  readonly load_balancer_uids?: readonly string[];
  readonly tags?: readonly string[];
}

export interface Rule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** "80", "8000-9000", or "0" for all. */
  readonly ports: string;
  readonly peers: Peers;
}

export interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly inbound: readonly Rule[];
  readonly outbound: readonly Rule[];
  readonly dropletIds: readonly number[];
  readonly tags: readonly string[];
  readonly createdAt: string;
}

export const FIREWALLS = new Table<string, Firewall>('firewalls');
