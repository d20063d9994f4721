import { z } from 'zod';
import type { Api } from '../api';
import { numberOf } from '../reserved-ip/reserved-ip-action';
import { reservedIpOf } from '../reserved-ip/stored-reserved-ip';
import { ACTIONS } from '../server/action';
import { badRequest, conflict, found, unprocessable } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { second } from '../server/time';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { VOLUMES } from '../volume/stored-volume';
import { startDestroy } from './droplet-destroy';
import { dropletOf } from './droplet-view';
import { type Associated, DESTRUCTIONS, type Destruction, type Droplet } from './stored-droplet';

/** US dollars a month. */
const PRICE = { reservedIp: 5, volumeGigabyte: 0.1, snapshotGigabyte: 0.06 };

const KEYS = ['reserved_ips', 'floating_ips', 'snapshots', 'volumes', 'volume_snapshots'] as const;
type Key = (typeof KEYS)[number];
const ofEach = <T>(of: (key: Key) => T) =>
  Object.fromEntries(KEYS.map((key) => [key, of(key)])) as Record<Key, T>;

const resourceAnswer = z.array(z.strictObject({ id: z.string(), name: z.string(), cost: z.string() }));
const listAnswer = openapi(z.strictObject(ofEach(() => resourceAnswer)));
const destroyed = z.strictObject({
  id: z.string(),
  name: z.string(),
  destroyed_at: z.iso.datetime().optional(),
  error_message: z.string().optional(),
});
const statusAnswer = openapi(
  z.strictObject({
    droplet: destroyed,
    resources: z.strictObject(ofEach(() => z.array(destroyed))),
    completed_at: z.iso.datetime().optional(),
    failures: z.int(),
  }),
);
const selectiveBody = openapi(z.strictObject(ofEach(() => z.array(z.string()).nullish())));

const DESTROY = ['droplet', 'block_storage', 'block_storage_snapshot', 'image', 'reserved_ip'].map(
  (kind) => `${kind}:delete`,
);

/** All that belongs to a droplet and would cost money without it. */
function associatedOf({ cloud }: Api, { id }: Droplet): Associated {
  const reserved = reservedIpOf(cloud, id);
  const volumes = cloud.of(VOLUMES).byDroplet.get(id);
  const origins = [`droplet:${id}`, ...volumes.map((volume) => `volume:${volume.id}`)];
  return {
    reservedIps: reserved ? [{ id: String(numberOf(reserved.ip)), name: reserved.ip }] : [],
    volumes: volumes.map(({ id, name }) => ({ id, name })),
    snapshots: origins.flatMap((origin) =>
      cloud
        .of(SNAPSHOTS)
        .byResource.get(origin)
        .map(({ id, name, resourceType }) => ({ id, name, of: resourceType as 'droplet' | 'volume' })),
    ),
  };
}

/** By DigitalOcean's keys; a Reserved IP is there under both its names. */
function byKey({ reservedIps, volumes, snapshots }: Associated) {
  const of = (origin: string) => snapshots.filter((snapshot) => snapshot.of === origin);
  return {
    reserved_ips: reservedIps,
    floating_ips: reservedIps,
    volumes,
    snapshots: of('droplet'),
    volume_snapshots: of('volume'),
  };
}

function listView(api: Api, droplet: Droplet, { caller }: Pick<Call, 'caller'>) {
  const { cloud } = api;
  const of = byKey(associatedOf(api, droplet));
  const priced = (scope: string, all: Associated['volumes'], price: (id: string) => number) =>
    caller.can(scope) ? all.map(({ id, name }) => ({ id, name, cost: price(id).toFixed(2) })) : [];
  const snapshot = (id: string) => (cloud.of(SNAPSHOTS).get(id)?.sizeGigabytes ?? 0) * PRICE.snapshotGigabyte;
  const volume = (id: string) => (cloud.of(VOLUMES).get(id)?.sizeGigabytes ?? 0) * PRICE.volumeGigabyte;
  return {
    reserved_ips: priced('reserved_ip:read', of.reserved_ips, () => PRICE.reservedIp),
    floating_ips: priced('reserved_ip:read', of.floating_ips, () => PRICE.reservedIp),
    snapshots: priced('image:read', of.snapshots, snapshot),
    volumes: priced('block_storage:read', of.volumes, volume),
    volume_snapshots: priced('block_storage_snapshot:read', of.volume_snapshots, snapshot),
  };
}

/** The part of what belongs to a droplet that a body names. @throws 422 when it names something else */
function selected(all: Associated, body: z.infer<typeof selectiveBody>): Associated {
  const named = new Set(KEYS.flatMap((key) => body[key] ?? []));
  const of = byKey(all);
  for (const key of KEYS)
    for (const id of body[key] ?? [])
      if (!of[key].some((one) => one.id === id || one.name === id))
        throw unprocessable(`${key}: ${id} is not associated with this Droplet.`);
  return {
    reservedIps: all.reservedIps.filter(({ id, name }) => named.has(id) || named.has(name)),
    volumes: all.volumes.filter(({ id }) => named.has(id)),
    snapshots: all.snapshots.filter(({ id }) => named.has(id)),
  };
}

function destroy(api: Api, droplet: Droplet, call: Call, associated: Associated): void {
  const { id } = startDestroy(api, droplet, call, associated);
  const named = { id: String(droplet.id), name: droplet.name };
  api.cloud.of(DESTRUCTIONS).set(droplet.id, { droplet: named, associated, actionId: id });
}

function statusView({ cloud }: Api, { droplet, associated, actionId }: Destruction) {
  const { status, completedAt } = found(cloud.of(ACTIONS).get(actionId));
  const time = completedAt === null ? undefined : second(completedAt);
  const outcome =
    status === 'errored' ? { error_message: 'It could not be destroyed.' } : time && { destroyed_at: time };
  const of = byKey(associated);
  const resources = ofEach((key) => of[key].map(({ id, name }) => ({ id, name, ...(outcome || {}) })));
  const count = 1 + associated.reservedIps.length + associated.volumes.length + associated.snapshots.length;
  return {
    droplet: { ...droplet, ...(outcome || {}) },
    resources,
    ...(time ? { completed_at: time } : {}),
    failures: status === 'errored' ? count : 0,
  };
}

export function dropletAssociatedRoutes(api: Api): Route[] {
  const path = '/v2/droplets/:droplet_id/destroy_with_associated_resources';
  const destructionOf = ({ params }: Pick<Call, 'params'>) =>
    found(api.cloud.of(DESTRUCTIONS).get(idOf(params.droplet_id)));
  return [
    route({
      call: `GET ${path}`,
      operation: 'droplets_list_associatedResources',
      scopes: [['droplet:read']],
      status: 200,
      answer: listAnswer,
      guesses: ['The costs, and the ids of Reserved IPs. Volumes count while they are attached.'],
      handle: (call) => listView(api, dropletOf(api, call), call),
    }),
    route({
      call: `DELETE ${path}/selective`,
      operation: 'droplets_destroy_withAssociatedResourcesSelective',
      scopes: [DESTROY],
      body: selectiveBody,
      status: 202,
      guesses: ['422 for something that is not associated; a Reserved IP can be named by its address too.'],
      handle: (call) => {
        const droplet = dropletOf(api, call);
        destroy(api, droplet, call, selected(associatedOf(api, droplet), call.body));
      },
    }),
    route({
      call: `DELETE ${path}/dangerous`,
      operation: 'droplets_destroy_withAssociatedResourcesDangerous',
      scopes: [DESTROY],
      status: 202,
      guesses: ['400 without X-Dangerous: true.'],
      handle: (call) => {
        const droplet = dropletOf(api, call);
        if (call.headers['x-dangerous'] !== 'true')
          throw badRequest(
            'The header X-Dangerous must be true: all associated resources would be destroyed.',
          );
        destroy(api, droplet, call, associatedOf(api, droplet));
      },
    }),
    route({
      call: `GET ${path}/status`,
      operation: 'droplets_get_DestroyAssociatedResourcesStatus',
      scopes: [['droplet:delete']],
      status: 200,
      answer: statusAnswer,
      guesses: ['All of it is destroyed, or nothing is.'],
      handle: (call) => statusView(api, destructionOf(call)),
    }),
    route({
      call: `POST ${path}/retry`,
      operation: 'droplets_destroy_retryWithAssociatedResources',
      scopes: [DESTROY],
      status: 202,
      guesses: ['Nothing happens when there is nothing left to destroy.'],
      handle: (call) => {
        const { associated, actionId } = destructionOf(call);
        const status = api.cloud.of(ACTIONS).get(actionId)?.status;
        if (status === 'in-progress') throw conflict('The Droplet is being destroyed.');
        if (status === 'errored') destroy(api, dropletOf(api, call), call, associated);
      },
    }),
  ];
}
