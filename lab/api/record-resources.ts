import type { Api } from './api';
import { billingRoutes } from './billing/billing';
import { byoipPrefixRoutes } from './byoip/byoip-prefix';
import { certificateRoutes } from './certificate/certificate';
import { databaseRoutes } from './database/database';
import { autoscalePoolRoutes } from './droplet-autoscale/pool';
import { loadBalancerRoutes } from './load-balancer/load-balancer';
import { metricRoutes } from './monitoring/metrics';
import { natGatewayRoutes } from './nat-gateway/nat-gateway';
import { oneClickRoutes } from './one-click/one-click';
import { registryRoutes } from './registry/registry';
import { reservedIpv6Routes } from './reserved-ipv6/reserved-ipv6';
import type { Route } from './server/route';
import { vpcPeeringRoutes } from './vpc-peering/vpc-peering';

/** Calls of what is kept, but does nothing: where droplets really run, most of it is refused by its name. */
export const recordRoutes = (api: Api): Route[] => [
  ...certificateRoutes(api),
  ...loadBalancerRoutes(api),
  ...vpcPeeringRoutes(api),
  ...billingRoutes(),
  ...oneClickRoutes(),
  ...metricRoutes(api),
  ...databaseRoutes(api),
  ...registryRoutes(api),
  ...autoscalePoolRoutes(api),
  ...natGatewayRoutes(api),
  ...byoipPrefixRoutes(api),
  ...reservedIpv6Routes(api),
];
