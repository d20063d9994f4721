import { DOMAIN_RECORDS, DOMAINS } from './domain/stored-domain';
import { DESTRUCTIONS, DROPLETS, USER_DATA } from './droplet/stored-droplet';
import { FIREWALLS } from './firewall/stored-firewall';
import { ALERT_POLICIES } from './monitoring/stored-alert-policy';
import { PROJECT_RESOURCES, PROJECTS } from './project/stored-project';
import { RESERVED_IPS } from './reserved-ip/stored-reserved-ip';
import { ACTIONS } from './server/action';
import type { AnyTable } from './server/store';
import { SNAPSHOTS } from './snapshot/stored-snapshot';
import { SPACES_KEYS } from './spaces-key/stored-spaces-key';
import { SSH_KEYS } from './ssh-key/stored-ssh-key';
import { TAGS } from './tag/stored-tag';
import { UPTIME_ALERTS, UPTIME_CHECKS } from './uptime/stored-uptime-check';
import { VOLUMES } from './volume/stored-volume';
import { VPCS } from './vpc/stored-vpc';

/** What all resources keep. */
export const TABLES: readonly AnyTable[] = [
  ...[ACTIONS, DROPLETS, USER_DATA, DESTRUCTIONS, VPCS, VOLUMES, SNAPSHOTS, RESERVED_IPS, FIREWALLS],
  ...[DOMAINS, DOMAIN_RECORDS, ALERT_POLICIES, UPTIME_CHECKS, UPTIME_ALERTS, SSH_KEYS, SPACES_KEYS],
  ...[PROJECTS, PROJECT_RESOURCES, TAGS],
];
