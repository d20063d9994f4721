import { z } from 'zod';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { dropletAnswer, dropletView } from '../droplet/droplet-view';
import { isPending } from '../server/action';
import { RESERVED_V6 } from '../server/addresses';
import { badRequest, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { type Call, list, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { holderOf, reservedIpv6ActionRoutes } from './reserved-ipv6-action';
import { RESERVED_IPV6S, type ReservedIpv6 } from './stored-reserved-ipv6';

const answer = openapi(
  z.strictObject({
    ip: z.ipv6(),
    region_slug: z.string(),
    reserved_at: z.iso.datetime(),
    droplet: dropletAnswer.nullable(),
  }),
  'reserved ipv6',
);
const oneReserved = openapi(z.strictObject({ reserved_ipv6: answer }));
const createBody = openapi(z.strictObject({ region_slug: z.string() }));

function view(api: Api, reserved: ReservedIpv6, caller: Caller) {
  const droplet = holderOf(api.cloud, reserved);
  return {
    ip: reserved.ip,
    region_slug: reserved.region,
    reserved_at: second(reserved.reservedAt),
    droplet: droplet && caller.can('droplet:read') ? dropletView(api, droplet, caller) : null,
  };
}

function create({ cloud, options }: Api, region: string): ReservedIpv6 {
  if (!isRegion(region)) throw unprocessable('You specified an invalid region for Reserved IP creation.');
  if (cloud.of(RESERVED_IPV6S).size >= options.account.reservedIpLimit)
    throw unprocessable('You have reached your Reserved IP limit.');
  const number = cloud.nextId();
  const ip = `${RESERVED_V6}${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
  return cloud
    .of(RESERVED_IPV6S)
    .set(ip, { ip, region, dropletId: null, reservedAt: new Date().toISOString() });
}

export function reservedIpv6Routes(api: Api): Route[] {
  const { cloud } = api;
  const reservedOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(RESERVED_IPV6S).get((params.reserved_ipv6 ?? '').toLowerCase()));
  return [
    list({
      call: 'GET /v2/reserved_ipv6',
      operation: 'reservedIPv6_list',
      scopes: [['reserved_ip:read']],
      key: 'reserved_ipv6s',
      item: answer,
      all: () => cloud.of(RESERVED_IPV6S).values(),
      view: (reserved, { caller }) => view(api, reserved, caller),
    }),
    route({
      call: 'POST /v2/reserved_ipv6',
      operation: 'reservedIPv6_create',
      scopes: [['reserved_ip:create']],
      body: createBody,
      status: 201,
      answer: oneReserved,
      guesses: [
        'The limit is that of Reserved IPs, counted apart.',
        'Where droplets really run it is refused with 501: the lab has no IPv6.',
      ],
      handle: ({ body, caller }) => {
        refuseOnHardware(api, 'A Reserved IPv6');
        return { reserved_ipv6: view(api, create(api, body.region_slug), caller) };
      },
    }),
    route({
      call: 'GET /v2/reserved_ipv6/:reserved_ipv6',
      operation: 'reservedIPv6_get',
      scopes: [['reserved_ip:read']],
      status: 200,
      answer: oneReserved,
      handle: (call) => ({ reserved_ipv6: view(api, reservedOf(call), call.caller) }),
    }),
    route({
      call: 'DELETE /v2/reserved_ipv6/:reserved_ipv6',
      operation: 'reservedIPv6_delete',
      scopes: [['reserved_ip:delete']],
      status: 204,
      guesses: ['400 while it is assigned, as users of the provider report; 422 while an action runs.'],
      handle: (call) => {
        const reserved = reservedOf(call);
        if (isPending(cloud, `ip:${reserved.ip}`))
          throw unprocessable('The Reserved IPv6 already has a pending event.');
        if (holderOf(cloud, reserved)) throw badRequest('assigned FLIP cannot be released');
        cloud.of(RESERVED_IPV6S).delete(reserved.ip);
      },
    }),
    ...reservedIpv6ActionRoutes(api, reservedOf),
  ];
}
