import type { VolumeSpec } from '../server/hardware';
import { Table } from '../server/store';

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly sizeGigabytes: number;
  readonly filesystemType: string;
  readonly filesystemLabel: string;
  readonly tags: readonly string[];
  readonly dropletId: number | null;
  readonly createdAt: string;
}

export const VOLUMES = new Table<string, Volume, 'byTag' | 'byDroplet'>('volumes', {
  byTag: ({ tags }) => tags,
  byDroplet: ({ dropletId }) => (dropletId === null ? [] : [dropletId]),
});

export function volumeSpec(volume: Volume): VolumeSpec {
  const filesystem = volume.filesystemType === '' ? undefined : (volume.filesystemType as 'ext4' | 'xfs');
  const label = volume.filesystemLabel === '' ? undefined : volume.filesystemLabel;
  return { id: volume.id, name: volume.name, sizeGigabytes: volume.sizeGigabytes, filesystem, label };
}
