import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { VPC_PEERINGS } from './stored-vpc-peering';

export const PEER = 'create_vpc_peering';
export const PART = 'delete_vpc_peering';

/** What brings it into being in its time, and to its end. */
export const vpcPeeringWorkers = (cloud: () => Cloud): Workers => ({
  [PEER]: become(cloud, VPC_PEERINGS, (peering) =>
    peering.status === 'PROVISIONING' ? { ...peering, status: 'ACTIVE' as const } : peering,
  ),
  [PART]: become(cloud, VPC_PEERINGS, () => undefined),
});
