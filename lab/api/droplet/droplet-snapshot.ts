import type { Action } from '../server/action';
import type { Cloud } from '../server/cloud';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { baseImage } from './droplet-spec';
import type { Droplet } from './stored-droplet';

/**
 * Records a snapshot of a droplet: an image of its own, from which others can be made. Its time is that of the action,
 * by which DigitalOcean's Terraform provider finds it.
 */
export function snapshotDroplet(cloud: Cloud, droplet: Droplet, { startedAt, parameters }: Action): void {
  const { name } = parameters;
  const id = String(cloud.nextId());
  const base = baseImage(cloud, droplet);
  cloud.of(SNAPSHOTS).set(id, {
    id,
    name: typeof name === 'string' && name !== '' ? name : `${droplet.name}-${Date.now()}`,
    description: '',
    resourceType: 'droplet',
    resourceId: String(droplet.id),
    regions: [droplet.region],
    minDiskSize: droplet.disk,
    sizeGigabytes: base.size_gigabytes,
    tags: [],
    createdAt: startedAt,
    baseImage: base.id,
    distribution: base.distribution,
    filesystemType: '',
    filesystemLabel: '',
  });
}
