import { Table } from '../server/store';

/** Of a droplet or of a volume; or an image that a user brought. */
export interface Snapshot {
  /** A UUID of a volume's; else a number, as text. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly resourceType: 'droplet' | 'volume' | 'upload';
  /** Where it was, of one that a user brought. */
  readonly resourceId: string;
  readonly regions: readonly string[];
  readonly minDiskSize: number;
  readonly sizeGigabytes: number;
  readonly tags: readonly string[];
  readonly createdAt: string;
  /** The public image that it descends from, or stands for it; null for a volume's. */
  readonly baseImage: number | null;
  readonly distribution: string;
  /** Empty for a droplet's. */
  readonly filesystemType: string;
  readonly filesystemLabel: string;
  /** Only with one that a user brought: it can't be used yet. */
  readonly isComing?: boolean;
}

export const SNAPSHOTS = new Table<string, Snapshot, 'byTag' | 'byResource'>('snapshots', {
  byTag: ({ tags }) => tags,
  byResource: ({ resourceType, resourceId }) => [`${resourceType}:${resourceId}`],
});

/** Whether droplets can be made of it. */
export const isImage = ({ resourceType }: Snapshot) => resourceType !== 'volume';
/** Whether it was made of something in the account. */
export const isSnapshot = ({ resourceType }: Snapshot) => resourceType !== 'upload';
