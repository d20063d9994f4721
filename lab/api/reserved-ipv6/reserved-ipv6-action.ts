import { z } from 'zod';
import { actionAnswer, actionView } from '../action/action-view';
import type { Api } from '../api';
import { DROPLETS, refusePending } from '../droplet/stored-droplet';
import { type Action, isPending } from '../server/action';
import type { Cloud } from '../server/cloud';
import { found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { ASSIGN } from './reserved-ipv6-life';
import { RESERVED_IPV6S, type ReservedIpv6 } from './stored-reserved-ipv6';

const actionBody = openapi(
  z.strictObject({ type: z.enum(['assign', 'unassign']), droplet_id: z.int().nullish() }),
);
const oneAction = openapi(z.strictObject({ action: actionAnswer }));

/** The droplet that has an address; undefined when none has it, or it is gone. */
export const holderOf = (cloud: Cloud, { dropletId }: ReservedIpv6) => cloud.of(DROPLETS).get(dropletId ?? 0);

/** @throws 404 for no droplet, 422 for one that can't have the address */
function targetOf(cloud: Cloud, { region }: ReservedIpv6, id: number | null | undefined): number {
  if (!id) throw unprocessable('droplet_id is required.');
  const droplet = found(cloud.of(DROPLETS).get(id));
  if (droplet.region !== region)
    throw unprocessable('The Droplet and the Reserved IPv6 must be in the same region.');
  if (droplet.ipv6 === null) throw unprocessable('The Droplet has no IPv6: enable it first.');
  refusePending(cloud, id);
  if (cloud.of(RESERVED_IPV6S).byDroplet.has(id))
    throw unprocessable('The Droplet already has a Reserved IPv6 assigned to it.');
  return id;
}

function act({ cloud }: Api, reserved: ReservedIpv6, call: Call<z.infer<typeof actionBody>>): Action {
  const subject = `ip:${reserved.ip}`;
  if (isPending(cloud, subject)) throw unprocessable('The Reserved IPv6 already has a pending event.');
  const holder = holderOf(cloud, reserved)?.id ?? null;
  const isAssign = call.body.type === 'assign';
  if (!isAssign && holder === null) throw unprocessable('The Reserved IPv6 is not assigned to a Droplet.');
  const dropletId = isAssign ? targetOf(cloud, reserved, call.body.droplet_id) : null;
  return call.start({
    type: ASSIGN,
    resourceType: 'reserved_ipv6',
    resourceId: dropletId ?? holder,
    region: reserved.region,
    subjects: [subject],
    parameters: { ip: reserved.ip, dropletId },
  });
}

/** One worker does both; what they are called differs. */
const shown = (action: Action) => ({
  ...actionView(action),
  type: action.parameters.dropletId === null ? 'unassign_ip' : 'assign_ip',
});

export const reservedIpv6ActionRoutes = (
  api: Api,
  reservedOf: (call: Pick<Call, 'params'>) => ReservedIpv6,
): Route[] => [
  route({
    call: 'POST /v2/reserved_ipv6/:reserved_ipv6/actions',
    operation: 'reservedIPv6Actions_post',
    scopes: [['reserved_ip:update']],
    body: actionBody,
    status: 201,
    answer: oneAction,
    guesses: [
      'An assign takes the address from the droplet that has it; the droplet needs IPv6, and has one such address at most.',
      "The action's resource_id is the droplet's, as in the document's example. All texts of 422 answers.",
    ],
    handle: (call) => ({ action: shown(act(api, reservedOf(call), call)) }),
  }),
];
