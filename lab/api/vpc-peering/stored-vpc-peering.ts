import { Table } from '../server/store';

export interface VpcPeering {
  readonly id: string;
  readonly name: string;
  readonly vpcIds: readonly [string, string];
  readonly status: 'PROVISIONING' | 'ACTIVE' | 'DELETING';
  readonly createdAt: string;
}

export const VPC_PEERINGS = new Table<string, VpcPeering, 'byVpc'>('vpc_peerings', {
  byVpc: ({ vpcIds }) => vpcIds,
});
