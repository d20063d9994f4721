import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { NAT_GATEWAYS } from './stored-nat-gateway';

export const COME = 'create_nat_gateway';
export const GO = 'delete_nat_gateway';

/** What brings it into being in its time, and to its end. */
export const natGatewayWorkers = (cloud: () => Cloud): Workers => ({
  [COME]: become(cloud, NAT_GATEWAYS, (gateway) =>
    gateway.state === 'NEW' ? { ...gateway, state: 'ACTIVE' as const } : gateway,
  ),
  [GO]: become(cloud, NAT_GATEWAYS, () => undefined),
});
