import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { LOAD_BALANCERS } from './stored-load-balancer';

export const CREATE = 'create_load_balancer';

/** What brings it into being in its time. */
export const loadBalancerWorkers = (cloud: () => Cloud): Workers => ({
  [CREATE]: become(cloud, LOAD_BALANCERS, (balancer) => ({ ...balancer, status: 'active' as const })),
});
