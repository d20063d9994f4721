import { Table } from '../server/store';

/** Of a droplet or of a volume. */
export interface Snapshot {
  /** A number, as text, of a droplet's; a UUID of a volume's. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly resourceType: 'droplet' | 'volume';
  readonly resourceId: string;
  readonly regions: readonly string[];
  readonly minDiskSize: number;
  readonly sizeGigabytes: number;
  readonly tags: readonly string[];
  readonly createdAt: string;
  /** The public image that the droplet descends from; null for a volume's. */
  readonly baseImage: number | null;
  readonly distribution: string;
  /** Empty for a droplet's. */
  readonly filesystemType: string;
  readonly filesystemLabel: string;
}

export const SNAPSHOTS = new Table<string, Snapshot, 'byTag' | 'byResource'>('snapshots', {
  byTag: ({ tags }) => tags,
  byResource: ({ resourceType, resourceId }) => [`${resourceType}:${resourceId}`],
});
