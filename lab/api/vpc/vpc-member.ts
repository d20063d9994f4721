import { CLUSTERS, clusterUrn } from '../database/stored-database';
import { DROPLETS } from '../droplet/stored-droplet';
import { LOAD_BALANCERS, loadBalancerUrn } from '../load-balancer/stored-load-balancer';
import { NAT_GATEWAYS } from '../nat-gateway/stored-nat-gateway';
import type { Cloud } from '../server/cloud';
import type { Caller } from '../server/scopes';

export interface Member {
  readonly name: string;
  readonly urn: string;
  readonly createdAt: string;
}

interface Kind {
  readonly type: string;
  /** The scope that shows such members. */
  readonly read: string;
  of(cloud: Cloud, vpcId: string): Member[];
}

/** What can be in a VPC. */
const KINDS: readonly Kind[] = [
  {
    ...{ type: 'droplet', read: 'droplet:read' },
    of: (cloud, vpcId) =>
      cloud
        .of(DROPLETS)
        .byVpc.get(vpcId)
        .map(({ id, name, createdAt }) => ({ name, urn: `do:droplet:${id}`, createdAt })),
  },
  {
    ...{ type: 'load_balancer', read: 'load_balancer:read' },
    of: (cloud, vpcId) =>
      cloud
        .of(LOAD_BALANCERS)
        .byVpc.get(vpcId)
        .map(({ id, name, createdAt }) => ({ name, urn: loadBalancerUrn(id), createdAt })),
  },
  {
    ...{ type: 'database', read: 'database:read' },
    of: (cloud, vpcId) =>
      cloud
        .of(CLUSTERS)
        .byVpc.get(vpcId)
        .map(({ id, name, createdAt }) => ({ name, urn: clusterUrn(id), createdAt })),
  },
  {
    ...{ type: 'vpc_nat_gateway', read: 'nat_gateway:read' },
    of: (cloud, vpcId) =>
      cloud
        .of(NAT_GATEWAYS)
        .byVpc.get(vpcId)
        .map(({ id, name, createdAt }) => ({ name, urn: `do:vpc_nat_gateway:${id}`, createdAt })),
  },
];

/** What is in a VPC, as far as the caller may see it. @param type only such members */
export const membersOf = (cloud: Cloud, vpcId: string, caller: Caller, type?: string): Member[] =>
  KINDS.filter((kind) => (!type || kind.type === type) && caller.can(kind.read)).flatMap((kind) =>
    kind.of(cloud, vpcId),
  );

export const hasMembers = (cloud: Cloud, vpcId: string): boolean =>
  KINDS.some((kind) => kind.of(cloud, vpcId).length > 0);
