import { z } from 'zod';
import { actionAnswer, actionOf, actionsOf, actionView } from '../action/action-view';
import type { Api } from '../api';
import { DROPLETS, type Droplet } from '../droplet/stored-droplet';
import { projectOf } from '../project/project-member';
import { type Action, isPending, pendingActions, type Workers } from '../server/action';
import { found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import { RESERVED_IPS, type ReservedIp, reservedIpOf } from './stored-reserved-ip';

/** How the calls for Reserved IPs are called: they have a former name too. */
export interface Names {
  readonly plural: string;
  readonly singular: string;
  readonly operations: string;
  readonly actions: string;
}

const actionBody = openapi(
  z.strictObject({ type: z.enum(['assign', 'unassign']), droplet_id: z.int().nullish() }),
);

export const reservedIpUrn = (ip: string) => `do:floatingip:${ip}`;

/** The number that an address is, by which actions name it. */
export const numberOf = (ip: string) => ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

/** The subject of the address that is on its way to a droplet. It is no pending event of the droplet's own. */
const coming = (dropletId: number) => `address of droplet:${dropletId}`;

export function startAction(
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
export function targetOf({ cloud }: Api, id: number | null | undefined): Droplet {
  if (!id) throw unprocessable('droplet_id is required.');
  const droplet = found(cloud.of(DROPLETS).get(id));
  if (!droplet.isPublic) throw unprocessable('The Droplet has no public network.');
  if (pendingActions(cloud, `droplet:${id}`).some(({ resourceType }) => resourceType === 'droplet'))
    throw unprocessable('Droplet already has a pending event.');
  if (reservedIpOf(cloud, id) || isPending(cloud, coming(id)))
    throw unprocessable('The Droplet already has a Reserved IP assigned to it.');
  return droplet;
}

function act(api: Api, reserved: ReservedIp, call: Call<z.infer<typeof actionBody>>): Action {
  if (isPending(api.cloud, `ip:${reserved.ip}`))
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

/** Its actions name the project of the address. */
const shownAction = (api: Api, { ip }: ReservedIp, action: Action, caller: Caller) => ({
  ...actionView(action),
  ...(caller.can('project:read') ? { project_id: projectOf(api.cloud, reservedIpUrn(ip)) } : {}),
});

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
        const droplet = cloud.of(DROPLETS).get(dropletId ?? 0);
        if (dropletId !== null && !droplet) throw new Error('the Droplet is gone');
        cloud.of(RESERVED_IPS).set(ip, { ...found(cloud.of(RESERVED_IPS).get(ip)), dropletId });
        events.emit('reserved-ip', { ip, dropletId, name: droplet?.name });
      },
    };
  };
  return { assign_ip: worker, unassign_ip: worker };
};

export function reservedIpActionRoutes(
  api: Api,
  { plural, singular, actions }: Names,
  reservedOf: (call: Pick<Call, 'params'>) => ReservedIp,
): Route[] {
  const { cloud } = api;
  const withProject = z.strictObject({ ...actionAnswer.shape, project_id: z.uuid().optional() });
  const oneOfIts = openapi(z.strictObject({ action: openapi(withProject, 'reserved ip action') }));
  return [
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
      answer: oneOfIts,
      guesses: [
        'An assign takes the address from the droplet that has it.',
        '422 when the droplet has a Reserved IP already, also this one (flipop reports it), or a pending event of its own.',
        'Attaching a volume is no reason to refuse: provider 2.71.0 does both at once and is not known to fail.',
        'The texts that are not about pending events.',
      ],
      handle: (call) => {
        const reserved = reservedOf(call);
        return { action: shownAction(api, reserved, act(api, reserved, call), call.caller) };
      },
    }),
    route({
      call: `GET /v2/${plural}/:${singular}/actions/:action_id`,
      operation: `${actions}_get`,
      scopes: [['reserved_ip:read']],
      status: 200,
      answer: oneOfIts,
      handle: (call) => {
        const reserved = reservedOf(call);
        const action = actionOf(cloud, `ip:${reserved.ip}`, call.params.action_id ?? '');
        return { action: shownAction(api, reserved, action, call.caller) };
      },
    }),
  ];
}
