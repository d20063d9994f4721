import { z } from 'zod';
import { LIMITS } from '../account/account';
import { actionAnswer, actionOf, actionsOf, actionView, oneAction } from '../action/action-view';
import type { Api } from '../api';
import { DROPLETS, type Droplet, refusePending } from '../droplet/stored-droplet';
import { type Action, isPending, type Workers } from '../server/action';
import type { Cloud } from '../server/cloud';
import { forbidden, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { ensureTags, tagName } from '../tag/tag';
import { VOLUMES, type Volume, volumeSpec } from './stored-volume';
import { volumeNameField, volumeOfCall } from './volume';
import { findVolume, LARGEST_VOLUME } from './volume-create';

const common = {
  type: z.enum(['attach', 'detach', 'resize']),
  region: z.string().nullish(),
  droplet_id: z.int().nullish(),
  tags: z.array(tagName).nullish(),
};
const byIdBody = openapi(
  z.strictObject({ ...common, size_gigabytes: z.int().min(1).max(LARGEST_VOLUME).nullish() }),
);
const byNameBody = openapi(z.strictObject({ ...common, volume_name: volumeNameField }));
type Body = z.infer<typeof byIdBody>;

/** @throws 422 when the volume can't be attached to a droplet of the region */
export function refuseAttachment(cloud: Cloud, volume: Volume, region: string): void {
  if (volume.region !== region) throw unprocessable('The volume and the Droplet must be in the same region.');
  if (volume.dropletId !== null) throw unprocessable('The volume is already attached to a Droplet.');
  refuseBusy(cloud, volume);
}

function refuseBusy(cloud: Cloud, volume: Volume): void {
  if (isPending(cloud, `volume:${volume.id}`)) throw unprocessable('Volume already has a pending event.');
}

export function startVolumeAction(
  call: Pick<Call, 'start'>,
  type: 'attach_volume' | 'detach_volume' | 'resize_volume',
  volume: Volume,
  dropletId: number | null,
  sizeGigabytes?: number,
): Action {
  const subjects = [`volume:${volume.id}`, ...(dropletId === null ? [] : [`droplet:${dropletId}`])];
  const parameters = { volumeId: volume.id, dropletId, sizeGigabytes };
  return call.start({
    type,
    resourceType: 'volume',
    resourceId: null,
    region: volume.region,
    subjects,
    parameters,
  });
}

function attach({ cloud }: Api, volume: Volume, call: Call<Body>): Action {
  const { tags } = call.body;
  if (tags?.length && !call.caller.can('tag:create')) throw forbidden();
  const droplet = targetOf(cloud, call.body.droplet_id);
  if (volume.dropletId === droplet.id) throw unprocessable('The volume is already attached to this Droplet.');
  refuseAttachment(cloud, volume, droplet.region);
  refusePending(cloud, droplet.id);
  if (cloud.of(VOLUMES).byDroplet.count(droplet.id) >= LIMITS.volumesPerDroplet)
    throw unprocessable('The Droplet has as many volumes as it can have.');
  if (tags?.length)
    cloud.of(VOLUMES).set(volume.id, { ...volume, tags: ensureTags(cloud, [...volume.tags, ...tags]) });
  return startVolumeAction(call, 'attach_volume', volume, droplet.id);
}

function detach({ cloud }: Api, volume: Volume, call: Call<Body>): Action {
  const droplet = targetOf(cloud, call.body.droplet_id ?? volume.dropletId);
  if (volume.dropletId !== droplet.id) throw unprocessable('The volume is not attached to this Droplet.');
  refuseBusy(cloud, volume);
  refusePending(cloud, droplet.id);
  return startVolumeAction(call, 'detach_volume', volume, droplet.id);
}

function resize({ cloud }: Api, volume: Volume, call: Call<Body>): Action {
  const wanted = call.body.size_gigabytes;
  if (!wanted) throw unprocessable('size_gigabytes is required.');
  if (wanted <= volume.sizeGigabytes) throw unprocessable('A volume can only be made larger.');
  refuseBusy(cloud, volume);
  return startVolumeAction(call, 'resize_volume', volume, volume.dropletId, wanted);
}

function targetOf(cloud: Cloud, id: number | null | undefined): Droplet {
  if (!id) throw unprocessable('droplet_id is required.');
  return found(cloud.of(DROPLETS).get(id));
}

const start = { attach, detach, resize };

export const volumeActionWorkers = (api: () => Api): Workers => {
  const volumeOf = (action: Action) => found(api().cloud.of(VOLUMES).get(String(action.parameters.volumeId)));
  const dropletId = (action: Action) => Number(action.parameters.dropletId);
  const hold = (action: Action, holder: number | null) =>
    api()
      .cloud.of(VOLUMES)
      .set(volumeOf(action).id, { ...volumeOf(action), dropletId: holder });
  const grown = (action: Action) => ({
    ...volumeOf(action),
    sizeGigabytes: Number(action.parameters.sizeGigabytes),
  });
  return {
    attach_volume: (action) => ({
      hardware: () => api().hardware.attachVolume(volumeOf(action).id, dropletId(action)),
      commit: () => void hold(action, dropletId(action)),
    }),
    detach_volume: (action) => ({
      hardware: () => api().hardware.detachVolume(volumeOf(action).id, dropletId(action)),
      commit: () => void hold(action, null),
    }),
    resize_volume: (action) => ({
      hardware: () => api().hardware.resizeVolume(volumeSpec(grown(action))),
      commit: () => void api().cloud.of(VOLUMES).set(volumeOf(action).id, grown(action)),
    }),
  };
};

export const volumeActionRoutes = (api: Api): Route[] => [
  list({
    call: 'GET /v2/volumes/:volume_id/actions',
    operation: 'volumeActions_list',
    scopes: [['block_storage_action:read']],
    key: 'actions',
    item: actionAnswer,
    all: (call) => actionsOf(api.cloud, `volume:${volumeOfCall(api, call).id}`),
    view: actionView,
  }),
  route({
    call: 'POST /v2/volumes/:volume_id/actions',
    operation: 'volumeActions_post_byId',
    scopes: [['block_storage_action:create']],
    body: byIdBody,
    status: 202,
    answer: oneAction,
    guesses: [
      'An attach or detach is a pending event of the droplet too (clients retry on its message); a resize is none.',
      'Tags of an attach are added to those that the volume has.',
      'The other texts of 422 answers.',
    ],
    handle: (call) => ({ action: actionView(start[call.body.type](api, volumeOfCall(api, call), call)) }),
  }),
  route({
    call: 'POST /v2/volumes/actions',
    operation: 'volumeActions_post',
    scopes: [['block_storage_action:create']],
    body: byNameBody,
    status: 202,
    answer: oneAction,
    handle: (call) => {
      const { region, volume_name, type, droplet_id } = call.body;
      if (type === 'resize') throw unprocessable('A volume is resized by its id.');
      if (!volume_name) throw unprocessable('volume_name is required.');
      const droplet = targetOf(api.cloud, droplet_id);
      const volume = found(findVolume(api.cloud, region || droplet.region, volume_name));
      return { action: actionView(start[type](api, volume, call)) };
    },
  }),
  route({
    call: 'GET /v2/volumes/:volume_id/actions/:action_id',
    operation: 'volumeActions_get',
    scopes: [['block_storage_action:read']],
    status: 200,
    answer: oneAction,
    handle: (call) => {
      const subject = `volume:${volumeOfCall(api, call).id}`;
      return { action: actionView(actionOf(api.cloud, subject, call.params.action_id ?? '')) };
    },
  }),
];
