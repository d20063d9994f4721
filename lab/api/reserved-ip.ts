import { z } from 'zod';
import { LIMITS } from './account';
import {
  type Action,
  actionAnswer,
  actionLink,
  actionOf,
  actionsOf,
  actionView,
  linkToAction,
  oneAction,
  type Workers,
} from './action';
import { freeAddress, RESERVED } from './addresses';
import type { Api } from './api';
import { isRegion, regionAnswer, regionView } from './catalogue';
import { dropletAnswer, dropletView } from './droplet-view';
import { found, unprocessable } from './errors';
import { openapi } from './label';
import { assignToProject, projectOf } from './project';
import type { Droplet, ReservedIp } from './records';
import { type Call, list, type Route, route } from './route';
import type { Caller } from './scopes';

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
const actionBody = openapi(
  z.strictObject({ type: z.enum(['assign', 'unassign']), droplet_id: z.int().nullish() }),
);

export const reservedIpUrn = (ip: string) => `do:floatingip:${ip}`;

const view = (api: Api, reserved: ReservedIp, caller: Caller) => {
  const droplet = api.cloud.droplets.get(reserved.dropletId ?? 0);
  return {
    ip: reserved.ip,
    region: regionView(reserved.region),
    droplet: droplet && caller.can('droplet:read') ? dropletView(api, droplet, caller) : null,
    locked: api.cloud.isPending(`ip:${reserved.ip}`),
    ...(caller.can('project:read') ? { project_id: projectOf(api.cloud, reservedIpUrn(reserved.ip)) } : {}),
  };
};

const numberOf = (ip: string) => ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

/** The subject of the address that is on its way to a droplet. It is no pending event of the droplet's own. */
const coming = (dropletId: number) => `address of droplet:${dropletId}`;

function startAction(
  call: Call,
  type: 'assign_ip' | 'unassign_ip',
  { ip, region }: ReservedIp,
  dropletId: number | null,
) {
  const subjects = [`ip:${ip}`, ...(dropletId === null ? [] : [coming(dropletId)])];
  const parameters = { ip, dropletId };
  return call.start({
    type,
    resourceType: 'reserved_ip',
    resourceId: numberOf(ip),
    region,
    subjects,
    parameters,
  });
}

/** The droplet that is to get an address. @throws 404, or 422 when it is busy or has one already */
function targetOf({ cloud }: Api, id: number | null | undefined): Droplet {
  if (!id) throw unprocessable('droplet_id is required.');
  const droplet = found(cloud.droplets.get(id));
  if (cloud.pendingActions(`droplet:${id}`).some(({ resourceType }) => resourceType === 'droplet'))
    throw unprocessable('Droplet already has a pending event.');
  if (cloud.reservedIpOf(id) || cloud.isPending(coming(id)))
    throw unprocessable('The Droplet already has a Reserved IP assigned to it.');
  return droplet;
}

function create(api: Api, call: Call<z.infer<typeof createBody>>) {
  const { cloud } = api;
  const { region, droplet_id, project_id } = call.body;
  const droplet = droplet_id ? targetOf(api, droplet_id) : undefined;
  const where = droplet?.region ?? region ?? '';
  if (!isRegion(where)) throw unprocessable('You specified an invalid region for Reserved IP creation.');
  if (cloud.reservedIps.size >= LIMITS.reservedIps)
    throw unprocessable('You have reached your Reserved IP limit.');
  const ip = freeAddress(RESERVED, (taken) => cloud.reservedIps.has(taken));
  const reserved = { ip, region: where, dropletId: null, createdAt: new Date().toISOString() };
  cloud.reservedIps.set(ip, reserved);
  assignToProject(cloud, reservedIpUrn(ip), project_id);
  return { reserved, droplet, action: droplet && startAction(call, 'assign_ip', reserved, droplet.id) };
}

function act(api: Api, reserved: ReservedIp, call: Call<z.infer<typeof actionBody>>): Action {
  if (api.cloud.isPending(`ip:${reserved.ip}`))
    throw unprocessable('The floating IP already has a pending event.');
  if (call.body.type === 'unassign') {
    if (reserved.dropletId === null) throw unprocessable('The Reserved IP is not assigned to a Droplet.');
    return startAction(call, 'unassign_ip', reserved, null);
  }
  const droplet = targetOf(api, call.body.droplet_id);
  if (droplet.region !== reserved.region)
    throw unprocessable('The Droplet and the Reserved IP must be in the same region.');
  return startAction(call, 'assign_ip', reserved, droplet.id);
}

function remove({ cloud, actions, events, hardware }: Api, { ip, dropletId }: ReservedIp): void {
  if (cloud.isPending(`ip:${ip}`)) throw unprocessable('The floating IP already has a pending event.');
  cloud.reservedIps.delete(ip);
  cloud.projectResources.delete(reservedIpUrn(ip));
  if (dropletId === null) return;
  events.emit('reserved-ip', { ip, dropletId: null });
  actions.background(`ip:${ip}`, () => hardware.assignReservedIp(ip, null));
}

export const reservedIpWorkers = (api: () => Api): Workers => {
  const worker = ({ parameters }: Action) => {
    const ip = String(parameters.ip);
    const dropletId = parameters.dropletId === null ? null : Number(parameters.dropletId);
    return {
      // Traffic moves at the end of the action: nobody outside DigitalOcean knows better, and sooner would flatter.
      hardware: async (least: Promise<void>) => {
        await least;
        await api().hardware.assignReservedIp(ip, dropletId);
      },
      commit: () => {
        const { cloud, events } = api();
        const droplet = cloud.droplets.get(dropletId ?? 0);
        if (dropletId !== null && !droplet) throw new Error('the Droplet is gone');
        cloud.reservedIps.set(ip, { ...found(cloud.reservedIps.get(ip)), dropletId });
        events.emit('reserved-ip', { ip, dropletId, name: droplet?.name });
      },
    };
  };
  return { assign_ip: worker, unassign_ip: worker };
};

/** The calls for Reserved IPs, or the same ones under their former name. */
function routes(
  api: Api,
  names: { plural: string; singular: string; operations: string; actions: string },
): Route[] {
  const { plural, singular, operations, actions } = names;
  const { cloud } = api;
  const one = openapi(z.strictObject({ [singular]: answer }));
  const links = z.strictObject({
    droplets: z.array(linkToAction).optional(),
    actions: z.array(linkToAction).optional(),
  });
  const reservedOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.reservedIps.get(params[singular] ?? ''));
  return [
    list({
      call: `GET /v2/${plural}`,
      operation: `${operations}_list`,
      scopes: [['reserved_ip:read']],
      key: plural,
      item: answer,
      all: () => cloud.reservedIps.values(),
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
      handle: (call) => remove(api, reservedOf(call)),
    }),
    list({
      call: `GET /v2/${plural}/:${singular}/actions`,
      operation: `${actions}_list`,
      scopes: [['reserved_ip:read']],
      key: 'actions',
      item: actionAnswer,
      arePagesGuessed: true,
      all: (call) => actionsOf(cloud, `ip:${reservedOf(call).ip}`),
      view: actionView,
    }),
    route({
      call: `POST /v2/${plural}/:${singular}/actions`,
      operation: `${actions}_post`,
      scopes: [['reserved_ip:update']],
      body: actionBody,
      status: 201,
      answer: oneAction,
      guesses: [
        'An assign takes the address from the droplet that has it.',
        '422 when the droplet has a Reserved IP already, also this one (flipop reports it), or a pending event of its own.',
        'Attaching a volume is no reason to refuse: provider 2.71.0 does both at once and is not known to fail.',
        'The texts that are not about pending events.',
      ],
      handle: (call) => ({ action: actionView(act(api, reservedOf(call), call)) }),
    }),
    route({
      call: `GET /v2/${plural}/:${singular}/actions/:action_id`,
      operation: `${actions}_get`,
      scopes: [['reserved_ip:read']],
      status: 200,
      answer: oneAction,
      handle: (call) => {
        const subject = `ip:${reservedOf(call).ip}`;
        return { action: actionView(actionOf(cloud, subject, call.params.action_id ?? '')) };
      },
    }),
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
