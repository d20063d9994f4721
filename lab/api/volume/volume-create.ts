import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LIMITS } from '../account/account';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { assignToDefaultProject } from '../project/project-member';
import type { Cloud } from '../server/cloud';
import { conflict, forbidden, notFound, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import type { Call } from '../server/route';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { ensureTags, tagName } from '../tag/tag';
import { VOLUMES, type Volume, volumeSpec } from './stored-volume';

export const LARGEST_VOLUME = 16_384;
const LABEL_LENGTH = { ext4: 16, xfs: 12 };

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
export const createVolumeBody = openapi(
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
type CreateBody = z.infer<typeof createVolumeBody>;
/** A name is unique in its region. */
export const findVolume = (cloud: Cloud, region: string, wanted: string) =>
  cloud
    .of(VOLUMES)
    .values()
    .find((volume) => volume.name === wanted && volume.region === region);

/** What a volume is to be like. */
type Plan = Pick<Volume, 'region' | 'sizeGigabytes' | 'filesystemType' | 'filesystemLabel'>;

function check(cloud: Cloud, body: CreateBody): Plan {
  const plan = body.snapshot_id ? planOfSnapshot(cloud, body.snapshot_id, body) : planOf(body);
  if (!isRegion(plan.region)) throw unprocessable('region is invalid');
  if (findVolume(cloud, plan.region, body.name))
    throw conflict('volume with this name already exists in this region');
  if (cloud.of(VOLUMES).size >= LIMITS.volumes)
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
  const snapshot = cloud.of(SNAPSHOTS).get(id);
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

export function createVolume(api: Api, call: Call<CreateBody>): Volume {
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
  actions.background(`volume:${volume.id}`, () => hardware.createVolume(volumeSpec(volume)));
  return cloud.of(VOLUMES).set(volume.id, volume);
}
