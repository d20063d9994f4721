import { z } from 'zod';
import type { Action, Workers } from './action';
import { actionLink, linkToAction } from './action';
import type { Api } from './api';
import { authorizeParts, createBody, createDroplets } from './droplet-create';
import { dropletAnswer, dropletView } from './droplet-view';
import { forbidden, found } from './errors';
import { firewallAnswer, firewallView } from './firewall';
import { idOf } from './id';
import { openapi } from './label';
import type { Droplet } from './records';
import { type Call, list, noneOf, type Route, route } from './route';
import { canonicalTag, tagByName } from './tag';
import { startVolumeAction } from './volume-action';

const links = z.strictObject({ actions: z.array(linkToAction) });
const created = openapi(
  z.union([
    z.strictObject({ droplet: dropletAnswer, links }),
    z.strictObject({ droplets: z.array(dropletAnswer), links }),
  ]),
);
const listQuery = openapi(
  z.object({ tag_name: z.string().optional(), name: z.string().optional(), type: z.string().optional() }),
);

export function dropletOf({ cloud }: Api, { params }: Pick<Call, 'params'>): Droplet {
  return found(cloud.droplets.get(idOf(params.droplet_id)));
}

function filtered({ cloud }: Api, { query, caller }: Call<undefined, z.infer<typeof listQuery>>): Droplet[] {
  if (query.type === 'gpus') return [];
  if (query.name !== undefined)
    return cloud.dropletsByName
      .get(query.name)
      .filter(({ tags }) => !query.tag_name || tags.includes(query.tag_name));
  if (query.tag_name === undefined) return cloud.droplets.values();
  if (!caller.can('tag:read')) throw forbidden();
  return cloud.dropletsByTag.get(canonicalTag(cloud, query.tag_name) ?? '');
}

/** Destroying is an action too, though its caller is not told its id. */
function startDestroy(api: Api, droplet: Droplet, call: Call): void {
  api.cloud.refusePending(droplet.id);
  const { id, region } = droplet;
  call.start({
    type: 'destroy',
    resourceType: 'droplet',
    resourceId: id,
    region,
    subjects: [`droplet:${id}`],
  });
}

export const dropletWorkers = (api: () => Api): Workers => ({
  create: ({ resourceId }) => ({
    hardware: () => {
      const { cloud, hardware } = api();
      return hardware.createDroplet(cloud.dropletSpec(found(cloud.droplets.get(resourceId ?? 0))));
    },
    commit: () => {
      const { cloud, firewalls } = api();
      const droplet = found(cloud.droplets.get(resourceId ?? 0));
      cloud.droplets.set(droplet.id, { ...droplet, status: 'active', activeAt: new Date().toISOString() });
      firewalls.sync();
    },
  }),
  destroy: (action: Action) => ({
    hardware: async () => {
      const { cloud, hardware } = api();
      const reservedIp = cloud.reservedIpOf(action.resourceId ?? 0);
      if (reservedIp) await hardware.assignReservedIp(reservedIp.ip, null);
      await hardware.destroyDroplet(action.resourceId ?? 0);
    },
    commit: () => forget(api(), action.resourceId ?? 0),
  }),
});

/** Takes a droplet out of everything that names it. Its volumes and Reserved IP stay, free. */
function forget({ cloud, events, firewalls }: Api, id: number): void {
  for (const volume of cloud.volumesByDroplet.get(id))
    cloud.volumes.set(volume.id, { ...volume, dropletId: null });
  const reservedIp = cloud.reservedIpOf(id);
  if (reservedIp) {
    cloud.reservedIps.set(reservedIp.ip, { ...reservedIp, dropletId: null });
    events.emit('reserved-ip', { ip: reservedIp.ip, dropletId: null });
  }
  for (const firewall of cloud.firewalls.values())
    if (firewall.dropletIds.includes(id)) {
      const dropletIds = firewall.dropletIds.filter((other) => other !== id);
      cloud.firewalls.set(firewall.id, { ...firewall, dropletIds });
    }
  cloud.projectResources.delete(`do:droplet:${id}`);
  cloud.userData.delete(id);
  cloud.droplets.delete(id);
  firewalls.sync();
}

export function dropletRoutes(api: Api): Route[] {
  const { cloud } = api;
  return [
    list({
      call: 'GET /v2/droplets',
      operation: 'droplets_list',
      scopes: [['droplet:read']],
      key: 'droplets',
      item: dropletAnswer,
      query: listQuery,
      all: (call) => filtered(api, call),
      view: (droplet, { caller }) => dropletView(api, droplet, caller),
      guesses: [
        'Oldest first.',
        '`locked` is true while any action on the droplet runs, as the document says; staff said otherwise in 2020.',
        'Without block_storage:read or tag:read the lists of volumes and tags are empty; without vpc:read there is no vpc_uuid.',
        'A tag that does not exist gives an empty list.',
      ],
    }),
    route({
      call: 'POST /v2/droplets',
      operation: 'droplets_create',
      scopes: [['droplet:create']],
      body: createBody,
      status: 202,
      answer: created,
      guesses: [
        'The texts of most 422 answers; those for size, region, image, keys and names are as users report them.',
        'nyc3 when no region is named.',
        'Addresses of networks.v6 are records only: the lab has no IPv6.',
        'public_networking: false is refused with 501.',
      ],
      handle: (call) => {
        authorizeParts(call.body, call.caller);
        const { droplets, volumes } = createDroplets(api, call.body);
        const actions = droplets.map(({ id, region }) =>
          call.start({
            type: 'create',
            resourceType: 'droplet',
            resourceId: id,
            region,
            subjects: [`droplet:${id}`],
          }),
        );
        for (const volume of volumes) startVolumeAction(call, 'attach_volume', volume, droplets[0]?.id ?? 0);
        const views = droplets.map((droplet) => dropletView(api, droplet, call.caller));
        const answer = call.body.names ? { droplets: views } : { droplet: views[0] };
        return {
          ...answer,
          links: { actions: actions.map((action) => actionLink(action, 'create', call.base)) },
        };
      },
    }),
    route({
      call: 'DELETE /v2/droplets',
      operation: 'droplets_destroy_byTag',
      scopes: [['droplet:delete']],
      query: openapi(z.object({ tag_name: z.string() })),
      status: 204,
      guesses: ['422, and no droplet destroyed, when one of them has a pending event.'],
      handle: (call) => {
        const tag = tagByName(cloud, call.query.tag_name);
        for (const droplet of cloud.dropletsByTag.get(tag)) startDestroy(api, droplet, call);
      },
    }),
    route({
      call: 'GET /v2/droplets/:droplet_id',
      operation: 'droplets_get',
      scopes: [['droplet:read']],
      status: 200,
      answer: openapi(z.strictObject({ droplet: dropletAnswer })),
      handle: (call) => ({ droplet: dropletView(api, dropletOf(api, call), call.caller) }),
    }),
    route({
      call: 'DELETE /v2/droplets/:droplet_id',
      operation: 'droplets_destroy',
      scopes: [['droplet:delete']],
      status: 204,
      guesses: [
        '422 while the droplet has a pending event.',
        'The droplet is answered, locked, until it is gone; then 404.',
      ],
      handle: (call) => startDestroy(api, dropletOf(api, call), call),
    }),
    list({
      call: 'GET /v2/droplets/:droplet_id/firewalls',
      operation: 'droplets_list_firewalls',
      scopes: [['firewall:read']],
      key: 'firewalls',
      item: firewallAnswer,
      all: (call) => {
        const droplet = dropletOf(api, call);
        return cloud.firewalls.values().filter((firewall) => api.firewalls.targets(firewall).has(droplet.id));
      },
      view: (firewall, { caller }) => firewallView(api, firewall, caller),
    }),
    ...['backups', 'snapshots'].map((what) =>
      list({
        call: `GET /v2/droplets/:droplet_id/${what}`,
        operation: `droplets_list_${what}`,
        scopes: [['droplet:read']],
        key: what,
        item: openapi(z.never()),
        all: (call) => noneOf(dropletOf(api, call)),
        view: (none) => none,
        guesses: ['Always empty: the action that would make one is refused with 501.'],
      }),
    ),
  ];
}
