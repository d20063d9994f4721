import { z } from 'zod';
import type { Api } from '../api';
import { publicImage } from '../catalogue/catalogue';
import { DROPLETS } from '../droplet/stored-droplet';
import type { Cloud } from '../server/cloud';
import { badRequest, found, notImplemented } from '../server/errors';
import { openapi } from '../server/provenance';
import { list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { isSnapshot, SNAPSHOTS, type Snapshot } from './stored-snapshot';

const base = {
  name: z.string(),
  created_at: z.iso.datetime(),
  regions: z.array(z.string()),
  min_disk_size: z.int(),
  size_gigabytes: z.number(),
};
export const snapshotAnswer = openapi(
  z.strictObject({
    id: z.string(),
    ...base,
    resource_id: z.string(),
    resource_type: z.enum(['droplet', 'volume']),
    tags: z.array(z.string()),
  }),
  'snapshot',
);
/** How a droplet's own list shows a snapshot. */
export const dropletSnapshotAnswer = openapi(
  z.strictObject({ id: z.int(), ...base, type: z.enum(['snapshot', 'backup']) }),
  'droplet snapshot',
);
export const oneSnapshot = openapi(z.strictObject({ snapshot: snapshotAnswer }));

const baseView = (snapshot: Snapshot) => ({
  name: snapshot.name,
  created_at: second(snapshot.createdAt),
  regions: snapshot.regions,
  min_disk_size: snapshot.minDiskSize,
  size_gigabytes: snapshot.sizeGigabytes,
});
export const snapshotView = (snapshot: Snapshot) => ({
  id: snapshot.id,
  ...baseView(snapshot),
  resource_id: snapshot.resourceId,
  resource_type: snapshot.resourceType,
  tags: snapshot.tags,
});
export const dropletSnapshotView = (snapshot: Snapshot) => ({
  id: Number(snapshot.id),
  ...baseView(snapshot),
  type: 'snapshot',
});

/** A snapshot keeps no data, so only droplets and volumes that have none either can be its origin. @throws 501 in a lab */
export function refuseOnHardware({ isRecordsOnly }: Api): void {
  if (!isRecordsOnly) throw notImplemented('A snapshot of what really runs');
}

/** Droplets made from it have the image that it was made from, from now on. */
export function removeSnapshot(cloud: Cloud, { id, baseImage }: Snapshot): void {
  cloud.of(SNAPSHOTS).delete(id);
  for (const droplet of cloud.of(DROPLETS).byImage.get(Number(id)))
    if (baseImage !== null) cloud.of(DROPLETS).set(droplet.id, { ...droplet, image: baseImage });
}

export function snapshotRoutes({ cloud }: Api): Route[] {
  const snapshotOf = (params: Readonly<Record<string, string>>): Snapshot => {
    const id = params.snapshot_id ?? '';
    if (publicImage(id)) throw badRequest('the resource is not a snapshot');
    const snapshot = cloud.of(SNAPSHOTS).get(id);
    return found(snapshot && isSnapshot(snapshot) ? snapshot : undefined);
  };
  return [
    list({
      call: 'GET /v2/snapshots',
      operation: 'snapshots_list',
      scopes: [['snapshot:read']],
      key: 'snapshots',
      item: snapshotAnswer,
      query: openapi(z.object({ resource_type: z.enum(['droplet', 'volume']).optional() })),
      all: ({ query: { resource_type } }) =>
        cloud
          .of(SNAPSHOTS)
          .values()
          .filter(isSnapshot)
          .filter(({ resourceType }) => resource_type === undefined || resourceType === resource_type),
      view: snapshotView,
      guesses: ['A lab whose droplets really run makes no snapshots: 501.'],
    }),
    route({
      call: 'GET /v2/snapshots/:snapshot_id',
      operation: 'snapshots_get',
      scopes: [['snapshot:read'], ['block_storage_snapshot:read']],
      status: 200,
      answer: oneSnapshot,
      handle: ({ params }) => ({ snapshot: snapshotView(snapshotOf(params)) }),
    }),
    route({
      call: 'DELETE /v2/snapshots/:snapshot_id',
      operation: 'snapshots_delete',
      scopes: [['image:delete'], ['snapshot:delete'], ['block_storage_snapshot:delete']],
      status: 204,
      guesses: ['One of the scopes is enough.'],
      handle: ({ params }) => removeSnapshot(cloud, snapshotOf(params)),
    }),
  ];
}
