import { BYOIP_PREFIXES } from './byoip/stored-byoip-prefix';
import { CERTIFICATES } from './certificate/stored-certificate';
import { CLUSTERS, PARTS } from './database/stored-database';
import { DOMAIN_RECORDS, DOMAINS } from './domain/stored-domain';
import { DESTRUCTIONS, DROPLETS, USER_DATA } from './droplet/stored-droplet';
import { AUTOSCALE_POOLS } from './droplet-autoscale/stored-pool';
import { FIREWALLS } from './firewall/stored-firewall';
import { LOAD_BALANCERS } from './load-balancer/stored-load-balancer';
import { UNHEALTHY } from './load-balancer/target-health';
import { ALERT_POLICIES } from './monitoring/stored-alert-policy';
import { NAT_GATEWAYS } from './nat-gateway/stored-nat-gateway';
import { PROJECT_RESOURCES, PROJECTS } from './project/stored-project';
import { GARBAGE_COLLECTIONS, REGISTRIES } from './registry/stored-registry';
import { RESERVED_IPS } from './reserved-ip/stored-reserved-ip';
import { RESERVED_IPV6S } from './reserved-ipv6/stored-reserved-ipv6';
import { ACTIONS } from './server/action';
import type { AnyTable } from './server/store';
import { SNAPSHOTS } from './snapshot/stored-snapshot';
import { SPACES_KEYS } from './spaces-key/stored-spaces-key';
import { SSH_KEYS } from './ssh-key/stored-ssh-key';
import { TAGS } from './tag/stored-tag';
import { UPTIME_ALERTS, UPTIME_CHECKS } from './uptime/stored-uptime-check';
import { VOLUMES } from './volume/stored-volume';
import { VPCS } from './vpc/stored-vpc';
import { VPC_PEERINGS } from './vpc-peering/stored-vpc-peering';

/** What all resources keep. */
export const TABLES: readonly AnyTable[] = [
  ...[ACTIONS, DROPLETS, USER_DATA, DESTRUCTIONS, VPCS, VOLUMES, SNAPSHOTS, RESERVED_IPS, FIREWALLS],
  ...[DOMAINS, DOMAIN_RECORDS, ALERT_POLICIES, UPTIME_CHECKS, UPTIME_ALERTS, SSH_KEYS, SPACES_KEYS],
  ...[PROJECTS, PROJECT_RESOURCES, TAGS],
  ...[CERTIFICATES, LOAD_BALANCERS, UNHEALTHY, RESERVED_IPV6S, VPC_PEERINGS],
  ...[CLUSTERS, ...PARTS, REGISTRIES, GARBAGE_COLLECTIONS, AUTOSCALE_POOLS, NAT_GATEWAYS, BYOIP_PREFIXES],
];
