import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { forbidden, found } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import {
  oneSnapshot,
  refuseOnHardware,
  removeSnapshot,
  snapshotAnswer,
  snapshotView,
} from '../snapshot/snapshot';
import { SNAPSHOTS, type Snapshot } from '../snapshot/stored-snapshot';
import { ensureTags, tagName } from '../tag/tag';
import type { Volume } from './stored-volume';

const sentByGodo = guess('godo sends it; it says nothing new', z.string().nullish());
const createBody = openapi(
  z.strictObject({
    name: z.string().min(1),
    tags: z.array(tagName).nullish(),
    volume_id: sentByGodo,
    description: sentByGodo,
  }),
);

function create(api: Api, volume: Volume, call: Call<z.infer<typeof createBody>>): Snapshot {
  refuseOnHardware(api);
  const { name, tags } = call.body;
  if (tags?.length && !call.caller.can('tag:create')) throw forbidden();
  const id = randomUUID();
  return api.cloud.of(SNAPSHOTS).set(id, {
    id,
    name,
    description: call.body.description ?? '',
    distribution: '',
    resourceType: 'volume',
    resourceId: volume.id,
    baseImage: null,
    filesystemType: volume.filesystemType,
    filesystemLabel: volume.filesystemLabel,
    regions: [volume.region],
    minDiskSize: volume.sizeGigabytes,
    sizeGigabytes: 0, // until it is known how much of the volume was used, which nobody measures here
    tags: ensureTags(api.cloud, tags ?? []),
    createdAt: new Date().toISOString(),
  });
}

export function volumeSnapshotRoutes(api: Api, volumeOf: (call: Pick<Call, 'params'>) => Volume): Route[] {
  const { cloud } = api;
  const snapshotOf = ({ params }: Pick<Call, 'params'>): Snapshot => {
    const snapshot = cloud.of(SNAPSHOTS).get(params.snapshot_id ?? '');
    return found(snapshot?.resourceType === 'volume' ? snapshot : undefined);
  };
  return [
    list({
      call: 'GET /v2/volumes/:volume_id/snapshots',
      operation: 'volumeSnapshots_list',
      scopes: [['block_storage_snapshot:read']],
      key: 'snapshots',
      item: snapshotAnswer,
      all: (call) => cloud.of(SNAPSHOTS).byResource.get(`volume:${volumeOf(call).id}`),
      view: snapshotView,
    }),
    route({
      call: 'POST /v2/volumes/:volume_id/snapshots',
      operation: 'volumeSnapshots_create',
      scopes: [['block_storage_snapshot:create']],
      body: createBody,
      status: 201,
      answer: oneSnapshot,
      guesses: ['501 in a lab whose droplets really run.'],
      handle: (call) => ({ snapshot: snapshotView(create(api, volumeOf(call), call)) }),
    }),
    route({
      call: 'GET /v2/volumes/snapshots/:snapshot_id',
      operation: 'volumeSnapshots_get_byId',
      scopes: [['block_storage_snapshot:read']],
      status: 200,
      answer: oneSnapshot,
      handle: (call) => ({ snapshot: snapshotView(snapshotOf(call)) }),
    }),
    route({
      call: 'DELETE /v2/volumes/snapshots/:snapshot_id',
      operation: 'volumeSnapshots_delete_byId',
      scopes: [['block_storage_snapshot:delete']],
      status: 204,
      handle: (call) => removeSnapshot(cloud, snapshotOf(call)),
    }),
  ];
}
