import type { Api } from './api';
import { byoipPrefixWorkers } from './byoip/byoip-prefix-life';
import { certificateWorkers } from './certificate/certificate-life';
import { databaseWorkers } from './database/database-life';
import { loadBalancerWorkers } from './load-balancer/load-balancer-life';
import { natGatewayWorkers } from './nat-gateway/nat-gateway-life';
import { garbageCollectionWorkers } from './registry/garbage-collection-life';
import { reservedIpv6Workers } from './reserved-ipv6/reserved-ipv6-life';
import type { Workers } from './server/action';
import type { Cloud } from './server/cloud';
import type { LateCalls } from './server/late-calls';
import { vpcPeeringWorkers } from './vpc-peering/vpc-peering-life';

const KINDS = [
  ...['1-clicks', 'byoip_prefixes', 'certificates', 'customers', 'databases', 'load_balancers'],
  ...['registries', 'registry', 'reserved_ipv6', 'vpc_nat_gateways', 'vpc_peerings'],
];
const PATHS = new RegExp(
  `^/v2/(${KINDS.join('|')}|monitoring/metrics|droplets/autoscale|vpcs/[^/]+/peerings)(/|$)`,
);

/** The calls of what is a record only, which many accounts never make: they are loaded when one comes. */
export const recordCalls = (api: Api): LateCalls => ({
  kinds: KINDS,
  has: (path) => PATHS.test(path),
  load: async () => (await import('./record-resources')).recordRoutes(api),
});

/** What brings such records into being in their time. */
export const recordWorkers = (cloud: () => Cloud): Workers => ({
  ...certificateWorkers(cloud),
  ...loadBalancerWorkers(cloud),
  ...reservedIpv6Workers(cloud),
  ...vpcPeeringWorkers(cloud),
  ...databaseWorkers(cloud),
  ...garbageCollectionWorkers(cloud),
  ...natGatewayWorkers(cloud),
  ...byoipPrefixWorkers(cloud),
});
