import { z } from 'zod';
import { actionLink, linkToAction } from '../action/action-view';
import type { Api } from '../api';
import type { Workers } from '../server/action';
import { forbidden, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { canonicalTag, tagByName } from '../tag/tag';
import { startVolumeAction } from '../volume/volume-action';
import { backupPolicyRoutes } from './backup-policy';
import { dropletAssociatedRoutes } from './droplet-associated';
import { authorizeParts, createBody, createDroplets } from './droplet-create';
import { startDestroy } from './droplet-destroy';
import { dropletListRoutes } from './droplet-list';
import { dropletSpec } from './droplet-spec';
import { dropletAnswer, dropletOf, dropletView } from './droplet-view';
import { DROPLETS, type Droplet, dropletsNamed } from './stored-droplet';

const links = z.strictObject({ actions: z.array(linkToAction) });
const created = openapi(
  z.union([
    z.strictObject({ droplet: dropletAnswer, links }),
    z.strictObject({ droplets: z.array(dropletAnswer), links }),
  ]),
);
const listQuery = openapi(
  z.object({
    tag_name: z.string().optional(),
    name: z.string().optional(),
    type: z.enum(['droplets', 'gpus']).optional(),
  }),
);

function filtered({ cloud }: Api, { query, caller }: Call<undefined, z.infer<typeof listQuery>>): Droplet[] {
  const { tag_name, name, type } = query;
  if (tag_name !== undefined && (name ?? type) !== undefined)
    throw unprocessable('tag_name can not be combined with name or type.');
  if (type === 'gpus') return [];
  if (name !== undefined) return dropletsNamed(cloud, name);
  if (tag_name === undefined) return cloud.of(DROPLETS).values();
  if (!caller.can('tag:read')) throw forbidden();
  return cloud.of(DROPLETS).byTag.get(canonicalTag(cloud, tag_name) ?? '');
}

export const dropletWorkers = (api: () => Api): Workers => ({
  create: ({ resourceId }) => ({
    hardware: () => {
      const { cloud, hardware } = api();
      return hardware.createDroplet(dropletSpec(cloud, found(cloud.of(DROPLETS).get(resourceId ?? 0))));
    },
    commit: () => {
      const { cloud, firewalls } = api();
      const droplet = found(cloud.of(DROPLETS).get(resourceId ?? 0));
      cloud
        .of(DROPLETS)
        .set(droplet.id, { ...droplet, status: 'active', activeAt: new Date().toISOString() });
      firewalls.sync();
    },
  }),
});

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
        'public_networking: false is refused with 501 in a lab whose droplets really run.',
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
        for (const droplet of cloud.of(DROPLETS).byTag.get(tag)) startDestroy(api, droplet, call);
      },
    }),
    route({
      call: 'GET /v2/droplets/:droplet_id',
      operation: 'droplets_get',
      scopes: [['droplet:read']],
      status: 200,
      answer: openapi(z.strictObject({ droplet: dropletAnswer })),
      guesses: [
        "A Reserved IP is the last of networks.v4: staff said in 2020 that it is there; its netmask and gateway are the Droplet's own.",
      ],
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
    ...backupPolicyRoutes(api, (call) => dropletOf(api, call)),
    ...dropletListRoutes(api),
    ...dropletAssociatedRoutes(api),
  ];
}
