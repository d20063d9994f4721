import { Table } from '../server/store';

export interface ReservedIpv6 {
  readonly ip: string;
  readonly region: string;
  /** The droplet may be gone meanwhile. */
  readonly dropletId: number | null;
  readonly reservedAt: string;
}

export const RESERVED_IPV6S = new Table<string, ReservedIpv6, 'byDroplet'>('reserved_ipv6s', {
  byDroplet: ({ dropletId }) => (dropletId === null ? [] : [dropletId]),
});
