import { z } from 'zod';
import type { Api } from '../api';
import { regionAnswer, regionView } from '../catalogue/catalogue';
import { PROJECT_RESOURCES } from '../project/stored-project';
import { isPending } from '../server/action';
import { conflict, found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { VOLUMES, type Volume } from './stored-volume';
import { createVolume, createVolumeBody, findVolume } from './volume-create';
import { volumeSnapshotRoutes } from './volume-snapshot';

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

export function removeVolume({ cloud, actions, hardware }: Api, volume: Volume): void {
  if (volume.dropletId !== null)
    throw conflict('The volume is attached to a Droplet: detach it before you delete it.');
  if (isPending(cloud, `volume:${volume.id}`)) throw unprocessable('Volume already has a pending event.');
  cloud.of(VOLUMES).delete(volume.id);
  cloud.of(PROJECT_RESOURCES).delete(`do:volume:${volume.id}`);
  actions.background(`volume:${volume.id}`, () => hardware.destroyVolume(volume.id));
}

export function volumeRoutes(api: Api): Route[] {
  const { cloud } = api;
  const volumeOf = (call: Pick<Call, 'params'>) => volumeOfCall(api, call);
  return [
    list({
      call: 'GET /v2/volumes',
      operation: 'volumes_list',
      scopes: [['block_storage:read']],
      key: 'volumes',
      item: volumeAnswer,
      query: listQuery,
      all: ({ query }) =>
        cloud
          .of(VOLUMES)
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
      body: createVolumeBody,
      status: 201,
      answer: oneVolume,
      guesses: [
        '409 for a name that is taken in the region.',
        'A volume from a snapshot takes its size, region and filesystem from there; a filesystem that the call names is ignored.',
        'The texts of the 422 answers.',
      ],
      handle: (call) => ({ volume: volumeView(createVolume(api, call)) }),
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
  found(cloud.of(VOLUMES).get(params.volume_id ?? ''));
export const volumeNameField = guess('the document shows it only in its examples', z.string().nullish());
