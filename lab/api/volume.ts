import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LIMITS } from './account';
import { second } from './action';
import type { Api } from './api';
import { isRegion, regionAnswer, regionView } from './catalogue';
import type { Cloud } from './cloud';
import { conflict, forbidden, found, notFound, unprocessable } from './errors';
import { guess, openapi } from './label';
import { assignToDefaultProject } from './project';
import type { Volume } from './records';
import { type Call, list, type Route, route } from './route';
import { ensureTags, tagName } from './tag';
import { volumeSnapshotRoutes } from './volume-snapshot';

export const LARGEST_VOLUME = 16_384;
const LABEL_LENGTH = { ext4: 16, xfs: 12 };

export const volumeAnswer = openapi(
  z.strictObject({
    id: z.string(),
    region: regionAnswer,
    droplet_ids: z.array(z.int()),
    name: z.string(),
    description: z.string(),
    size_gigabytes: z.int(),
    created_at: z.string(),
    filesystem_type: z.string(),
    filesystem_label: z.string(),
    tags: z.array(z.string()),
  }),
  'volume',
);
const oneVolume = openapi(z.strictObject({ volume: volumeAnswer }));
const name = z
  .string()
  .max(64)
  .regex(
    /^[a-z][a-z0-9-]*$/,
    'must begin with a letter and may only contain lowercase letters, numbers and dashes',
  );
const readOnly = {
  id: z.string().nullish(),
  droplet_ids: z.array(z.int()).nullish(),
  created_at: z.string().nullish(),
};
const createBody = openapi(
  z.strictObject({
    ...readOnly,
    name,
    description: z.string().nullish(),
    size_gigabytes: z.int().min(1).max(LARGEST_VOLUME).nullish(),
    region: z.string().nullish(),
    snapshot_id: z.string().nullish(),
    filesystem_type: z.string().nullish(),
    filesystem_label: z.string().nullish(),
    tags: z.array(tagName).nullish(),
  }),
);
type CreateBody = z.infer<typeof createBody>;
const listQuery = openapi(
  z.object({
    name: z.string().optional(),
    region: z
      .string()
      .regex(/^[a-z]{3}\d$/, 'must be a region such as fra1')
      .optional(),
  }),
);
const byNameQuery = openapi(z.object({ name: z.string(), region: z.string() }));

export const volumeView = (volume: Volume) => ({
  id: volume.id,
  region: regionView(volume.region),
  droplet_ids: volume.dropletId === null ? [] : [volume.dropletId],
  name: volume.name,
  description: volume.description,
  size_gigabytes: volume.sizeGigabytes,
  created_at: second(volume.createdAt),
  filesystem_type: volume.filesystemType,
  filesystem_label: volume.filesystemLabel,
  tags: volume.tags,
});

/** A name is unique in its region. */
export const findVolume = (cloud: Cloud, region: string, wanted: string) =>
  cloud.volumes.values().find((volume) => volume.name === wanted && volume.region === region);

/** What a volume is to be like. */
type Plan = Pick<Volume, 'region' | 'sizeGigabytes' | 'filesystemType' | 'filesystemLabel'>;

function check(cloud: Cloud, body: CreateBody): Plan {
  const plan = body.snapshot_id ? planOfSnapshot(cloud, body.snapshot_id, body) : planOf(body);
  if (!isRegion(plan.region)) throw unprocessable('region is invalid');
  if (findVolume(cloud, plan.region, body.name))
    throw conflict('volume with this name already exists in this region');
  if (cloud.volumes.size >= LIMITS.volumes)
    throw unprocessable('creating this volume will exceed your volume limit');
  return plan;
}

function planOf(body: CreateBody): Plan {
  if (!body.size_gigabytes) throw unprocessable('size_gigabytes is required.');
  checkFilesystem(body.filesystem_type, body.filesystem_label);
  return {
    region: body.region ?? '',
    sizeGigabytes: body.size_gigabytes,
    filesystemType: body.filesystem_type ?? '',
    filesystemLabel: body.filesystem_label ?? '',
  };
}

/** As the snapshot, but larger where the body says so. @throws 404, 422 */
function planOfSnapshot(cloud: Cloud, id: string, body: CreateBody): Plan {
  const snapshot = cloud.snapshots.get(id);
  if (snapshot?.resourceType !== 'volume') throw notFound();
  const { regions, minDiskSize, filesystemType, filesystemLabel } = snapshot;
  const region = body.region || (regions[0] ?? '');
  if (!regions.includes(region)) throw unprocessable('The snapshot is not available in this region.');
  const sizeGigabytes = body.size_gigabytes ?? minDiskSize;
  if (sizeGigabytes < minDiskSize) throw unprocessable(`The snapshot needs at least ${minDiskSize} GiB.`);
  return { region, sizeGigabytes, filesystemType, filesystemLabel };
}

function checkFilesystem(type: string | null | undefined, label: string | null | undefined): void {
  if (label && !type) throw unprocessable('filesystem_label needs a filesystem_type.');
  if (!type) return;
  if (type !== 'ext4' && type !== 'xfs') throw unprocessable('filesystem_type must be ext4 or xfs.');
  if ((label ?? '').length > LABEL_LENGTH[type])
    throw unprocessable(`filesystem_label may have at most ${LABEL_LENGTH[type]} characters on ${type}.`);
}

function create(api: Api, call: Call<CreateBody>): Volume {
  const { cloud, actions, hardware } = api;
  const { body, caller } = call;
  if (body.tags?.length && !caller.can('tag:create')) throw forbidden();
  const plan = check(cloud, body);
  const volume: Volume = {
    id: randomUUID(),
    name: body.name,
    description: body.description ?? '',
    ...plan,
    tags: ensureTags(cloud, body.tags ?? []),
    dropletId: null,
    createdAt: new Date().toISOString(),
  };
  assignToDefaultProject(cloud, `do:volume:${volume.id}`);
  actions.background(`volume:${volume.id}`, () => hardware.createVolume(cloud.volumeSpec(volume)));
  return cloud.volumes.set(volume.id, volume);
}

export function removeVolume({ cloud, actions, hardware }: Api, volume: Volume): void {
  if (volume.dropletId !== null)
    throw conflict('The volume is attached to a Droplet: detach it before you delete it.');
  if (cloud.isPending(`volume:${volume.id}`)) throw unprocessable('Volume already has a pending event.');
  cloud.volumes.delete(volume.id);
  cloud.projectResources.delete(`do:volume:${volume.id}`);
  actions.background(`volume:${volume.id}`, () => hardware.destroyVolume(volume.id));
}

export function volumeRoutes(api: Api): Route[] {
  const { cloud } = api;
  const volumeOf = ({ params }: Pick<Call, 'params'>) => found(cloud.volumes.get(params.volume_id ?? ''));
  return [
    list({
      call: 'GET /v2/volumes',
      operation: 'volumes_list',
      scopes: [['block_storage:read']],
      key: 'volumes',
      item: volumeAnswer,
      query: listQuery,
      all: ({ query }) =>
        cloud.volumes
          .values()
          .filter(
            (v) => (!query.name || v.name === query.name) && (!query.region || v.region === query.region),
          ),
      view: volumeView,
    }),
    route({
      call: 'POST /v2/volumes',
      operation: 'volumes_create',
      scopes: [['block_storage:create']],
      body: createBody,
      status: 201,
      answer: oneVolume,
      guesses: [
        '409 for a name that is taken in the region.',
        'A volume from a snapshot takes its size, region and filesystem from there; a filesystem that the call names is ignored.',
        'The texts of the 422 answers.',
      ],
      handle: (call) => ({ volume: volumeView(create(api, call)) }),
    }),
    route({
      call: 'DELETE /v2/volumes',
      operation: 'volumes_delete_byName',
      scopes: [['block_storage:delete']],
      query: byNameQuery,
      status: 204,
      handle: ({ query }) => removeVolume(api, found(findVolume(cloud, query.region, query.name))),
    }),
    route({
      call: 'GET /v2/volumes/:volume_id',
      operation: 'volumes_get',
      scopes: [['block_storage:read']],
      status: 200,
      answer: oneVolume,
      handle: (call) => ({ volume: volumeView(volumeOf(call)) }),
    }),
    route({
      call: 'DELETE /v2/volumes/:volume_id',
      operation: 'volumes_delete',
      scopes: [['block_storage:delete']],
      status: 204,
      guesses: ['409 while the volume is attached.'],
      handle: (call) => removeVolume(api, volumeOf(call)),
    }),
    ...volumeSnapshotRoutes(api, volumeOf),
  ];
}

export const volumeOfCall = ({ cloud }: Api, { params }: Pick<Call, 'params'>) =>
  found(cloud.volumes.get(params.volume_id ?? ''));
export const volumeNameField = guess('the document shows it only in its examples', z.string().nullish());
