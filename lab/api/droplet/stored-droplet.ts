import { pendingActions } from '../server/action';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import { Table } from '../server/store';

export interface BackupPolicy {
  readonly plan: 'daily' | 'weekly';
  /** UTC */
  readonly hour: number;
  /** Of the weekly plan: SUN, MON, ... */
  readonly weekday?: string;
}

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: 'new' | 'active' | 'off';
  readonly region: string;
  readonly size: string;
  /** GiB; a resize without disk keeps the old one. */
  readonly disk: number;
  /** A public image, or a snapshot. */
  readonly image: number;
  readonly monitoring: boolean;
  /** None: no backups. */
  readonly backupPolicy: BackupPolicy | null;
  readonly agent: boolean;
  readonly ipv6: string | null;
  readonly tags: readonly string[];
  readonly vpcId: string;
  /** Public keys, as in authorized_keys. */
  readonly sshKeys: readonly string[];
  /** Has the public address, and may have a Reserved IP. */
  readonly isPublic: boolean;
  readonly publicIp: string;
  readonly privateIp: string;
  readonly anchorIp: string;
  readonly createdAt: string;
  /** When it first became active; its addresses show a while after that. */
  readonly activeAt: string | null;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What can be destroyed together with a droplet. */
export interface Associated {
  readonly reservedIps: readonly Named[];
  /** Of the droplet and of its volumes. */
  readonly snapshots: readonly (Named & { readonly of: 'droplet' | 'volume' })[];
  readonly volumes: readonly Named[];
}

/** The last request to destroy a droplet together with what belongs to it. */
export interface Destruction {
  readonly droplet: Named;
  readonly associated: Associated;
  readonly actionId: number;
}

export const DROPLETS = new Table<number, Droplet, 'byTag' | 'byVpc' | 'byName' | 'byImage' | 'byAddress'>(
  'droplets',
  {
    byTag: ({ tags }) => tags,
    byVpc: ({ vpcId }) => [vpcId],
    byName: ({ name }) => [name.toLowerCase()],
    byImage: ({ image }) => [image],
    byAddress: (droplet) => [droplet.publicIp, droplet.anchorIp, `${droplet.vpcId} ${droplet.privateIp}`],
  },
);
export const USER_DATA = new Table<number, string>('user_data');
export const DESTRUCTIONS = new Table<number, Destruction>('destructions');

/** Droplets by name, whatever the case of its letters. */
export function dropletsNamed(cloud: Cloud, name: string): Droplet[] {
  return cloud.of(DROPLETS).byName.get(name.toLowerCase());
}

/** Whether an action on the droplet has not ended. That a volume of it grows is no event of the droplet. */
export function isLocked(cloud: Cloud, dropletId: number): boolean {
  return pendingActions(cloud, `droplet:${dropletId}`).some(({ type }) => type !== 'resize_volume');
}

/** @throws 422 while the droplet is locked */
export function refusePending(cloud: Cloud, dropletId: number): void {
  if (isLocked(cloud, dropletId)) throw unprocessable('Droplet already has a pending event.');
}
