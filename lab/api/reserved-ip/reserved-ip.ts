import { z } from 'zod';
import { actionLink, linkToAction } from '../action/action-view';
import type { Api } from '../api';
import { isRegion, regionAnswer, regionView } from '../catalogue/catalogue';
import { dropletAnswer, dropletView } from '../droplet/droplet-view';
import { DROPLETS } from '../droplet/stored-droplet';
import { assignToProject, projectOf } from '../project/project-member';
import { PROJECT_RESOURCES } from '../project/stored-project';
import { isPending } from '../server/action';
import { freeAddress, RESERVED } from '../server/addresses';
import { found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import {
  type Names,
  reservedIpActionRoutes,
  reservedIpUrn,
  startAction,
  targetOf,
} from './reserved-ip-action';
import { RESERVED_IPS, type ReservedIp } from './stored-reserved-ip';

const answer = openapi(
  z.strictObject({
    ip: z.ipv4(),
    region: regionAnswer,
    droplet: dropletAnswer.nullable(),
    locked: z.boolean(),
    project_id: z.uuid().optional(),
  }),
  'reserved ip',
);
const createBody = openapi(
  z.strictObject({
    region: z.string().nullish(),
    droplet_id: z.int().nullish(),
    project_id: z.string().nullish(),
  }),
);
const view = (api: Api, reserved: ReservedIp, caller: Caller) => {
  const droplet = api.cloud.of(DROPLETS).get(reserved.dropletId ?? 0);
  return {
    ip: reserved.ip,
    region: regionView(reserved.region),
    droplet: droplet && caller.can('droplet:read') ? dropletView(api, droplet, caller) : null,
    locked: isPending(api.cloud, `ip:${reserved.ip}`),
    ...(caller.can('project:read') ? { project_id: projectOf(api.cloud, reservedIpUrn(reserved.ip)) } : {}),
  };
};

function create(api: Api, call: Call<z.infer<typeof createBody>>) {
  const { cloud } = api;
  const { region, droplet_id, project_id } = call.body;
  const droplet = droplet_id ? targetOf(api, droplet_id) : undefined;
  const where = droplet?.region ?? region ?? '';
  if (!isRegion(where)) throw unprocessable('You specified an invalid region for Reserved IP creation.');
  if (cloud.of(RESERVED_IPS).size >= api.options.account.reservedIpLimit)
    throw unprocessable('You have reached your Reserved IP limit.');
  const ip = freeAddress(cloud, RESERVED, {
    count: cloud.of(RESERVED_IPS).size,
    has: (one) => cloud.of(RESERVED_IPS).has(one),
  });
  const reserved = { ip, region: where, dropletId: null, createdAt: new Date().toISOString() };
  cloud.of(RESERVED_IPS).set(ip, reserved);
  assignToProject(cloud, reservedIpUrn(ip), project_id);
  return { reserved, droplet, action: droplet && startAction(call, 'assign_ip', reserved, droplet.id) };
}

export function removeReservedIp(
  { cloud, actions, events, hardware }: Api,
  { ip, dropletId }: ReservedIp,
): void {
  if (isPending(cloud, `ip:${ip}`)) throw unprocessable('The floating IP already has a pending event.');
  cloud.of(RESERVED_IPS).delete(ip);
  cloud.of(PROJECT_RESOURCES).delete(reservedIpUrn(ip));
  if (dropletId === null) return;
  events.emit('reserved-ip', { ip, dropletId: null });
  actions.background(`ip:${ip}`, () => hardware.assignReservedIp(ip, null));
}

/** The calls for Reserved IPs, or the same ones under their former name. */
function routes(api: Api, names: Names): Route[] {
  const { plural, singular, operations } = names;
  const { cloud } = api;
  const one = openapi(z.strictObject({ [singular]: answer }));
  const links = z.strictObject({
    droplets: z.array(linkToAction).optional(),
    actions: z.array(linkToAction).optional(),
  });
  const reservedOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(RESERVED_IPS).get(params[singular] ?? ''));
  return [
    list({
      call: `GET /v2/${plural}`,
      operation: `${operations}_list`,
      scopes: [['reserved_ip:read']],
      key: plural,
      item: answer,
      all: () => cloud.of(RESERVED_IPS).values(),
      view: (reserved, { caller }) => view(api, reserved, caller),
    }),
    route({
      call: `POST /v2/${plural}`,
      operation: `${operations}_create`,
      scopes: [['reserved_ip:create']],
      body: createBody,
      status: 202,
      answer: openapi(z.strictObject({ [singular]: answer, links })),
      guesses: [
        'A droplet_id counts more than a region.',
        'With droplet_id the answer has no droplet yet: an action assigns it.',
      ],
      handle: (call) => {
        const { reserved, droplet, action } = create(api, call);
        const href = `${call.base}/v2/droplets/${droplet?.id}`;
        const droplets = droplet ? { droplets: [{ id: droplet.id, rel: 'droplet', href }] } : {};
        const started = action ? { actions: [actionLink(action, 'assign_ip', call.base)] } : {};
        return { [singular]: view(api, reserved, call.caller), links: { ...droplets, ...started } };
      },
    }),
    route({
      call: `GET /v2/${plural}/:${singular}`,
      operation: `${operations}_get`,
      scopes: [['reserved_ip:read']],
      status: 200,
      answer: one,
      handle: (call) => ({ [singular]: view(api, reservedOf(call), call.caller) }),
    }),
    route({
      call: `DELETE /v2/${plural}/:${singular}`,
      operation: `${operations}_delete`,
      scopes: [['reserved_ip:delete']],
      status: 204,
      guesses: ['An assigned address is taken from its droplet and deleted.'],
      handle: (call) => removeReservedIp(api, reservedOf(call)),
    }),
    ...reservedIpActionRoutes(api, names, reservedOf),
  ];
}

export const reservedIpRoutes = (api: Api): Route[] => [
  ...routes(api, {
    plural: 'reserved_ips',
    singular: 'reserved_ip',
    operations: 'reservedIPs',
    actions: 'reservedIPsActions',
  }),
  ...routes(api, {
    plural: 'floating_ips',
    singular: 'floating_ip',
    operations: 'floatingIPs',
    actions: 'floatingIPsAction',
  }),
];
