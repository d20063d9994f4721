import type { Cloud } from '../server/cloud';
import { Table } from '../server/store';

export interface ReservedIp {
  readonly ip: string;
  readonly region: string;
  readonly dropletId: number | null;
  readonly createdAt: string;
}

export const RESERVED_IPS = new Table<string, ReservedIp, 'byDroplet'>('reserved_ips', {
  byDroplet: ({ dropletId }) => (dropletId === null ? [] : [dropletId]),
});

export function reservedIpOf(cloud: Cloud, dropletId: number): ReservedIp | undefined {
  return cloud.of(RESERVED_IPS).byDroplet.get(dropletId)[0];
}
