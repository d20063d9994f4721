import { Table } from '../server/store';

export interface NatGateway {
  readonly id: string;
  readonly name: string;
  readonly state: 'NEW' | 'ACTIVE' | 'DELETING';
  readonly region: string;
  readonly size: number;
  readonly vpcs: readonly {
    readonly id: string;
    readonly isDefault: boolean;
    /** As it was sent: there are no subnets. */
    readonly subnetId: string;
  }[];
  readonly projectId: string;
  readonly ip: string;
  /** Seconds after which what is idle is forgotten. */
  readonly timeouts: { readonly udp: number; readonly icmp: number; readonly tcp: number };
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const NAT_GATEWAYS = new Table<string, NatGateway, 'byVpc' | 'byAddress'>('nat_gateways', {
  byVpc: ({ vpcs }) => vpcs.map(({ id }) => id),
  byAddress: ({ ip }) => [ip],
});
