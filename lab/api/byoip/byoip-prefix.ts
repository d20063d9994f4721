import { randomUUID } from 'node:crypto';
import { IPv4 } from 'ipaddr.js';
import { z } from 'zod';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { projectOf } from '../project/project-member';
import { becoming } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { type Call, list, noneOf, type Route, route } from '../server/route';
import { COME } from './byoip-prefix-life';
import { BYOIP_PREFIXES, type ByoipPrefix } from './stored-byoip-prefix';

const MOST_BITS = 24;

const createBody = openapi(
  z.strictObject({ prefix: z.string(), region: z.string(), signature: z.string().min(1) }),
);
const updateBody = openapi(z.strictObject({ advertise: z.boolean().nullish() }));
const answer = openapi(
  z.strictObject({
    uuid: z.uuid(),
    name: z.string(),
    prefix: z.string(),
    status: guess('in_progress, then active', z.string()),
    region: z.string(),
    validations: z.array(z.strictObject({ name: z.string(), status: z.string(), note: z.string() })),
    failure_reason: z.string(),
    locked: z.boolean(),
    advertised: z.boolean(),
    project_id: z.uuid(),
  }),
  'byoip prefix',
);
const onePrefix = openapi(z.strictObject({ byoip_prefix: answer }));
const short = { uuid: z.uuid(), region: z.string(), status: z.string() };
const created = openapi(
  z.strictObject({
    ...short,
    byoip_prefix: guess('godo reads it here; the document has it without a key', z.strictObject(short)),
  }),
);
const ip = openapi(
  z.strictObject({
    id: z.int(),
    byoip: z.string(),
    region: z.string(),
    resource: z.string(),
    assigned_at: z.iso.datetime(),
  }),
);

const urn = (id: string) => `do:byoipprefix:${id}`;
const view = (cloud: Cloud, { id, prefix, status, region, isAdvertised }: ByoipPrefix) => ({
  ...{ uuid: id, name: '', prefix, status, region, validations: [], failure_reason: '' },
  ...{ locked: status === 'in_progress', advertised: isAdvertised, project_id: projectOf(cloud, urn(id)) },
});

function create({ cloud }: Api, { prefix, region }: z.infer<typeof createBody>): ByoipPrefix {
  if (!isRegion(region)) throw unprocessable(`region ${region} is invalid`);
  const [, bits] = prefix.split('/');
  const isNetwork =
    IPv4.isValidCIDRFourPartDecimal(prefix) &&
    `${IPv4.networkAddressFromCIDR(prefix).toString()}/${bits}` === prefix;
  if (!isNetwork || Number(bits) > MOST_BITS)
    throw unprocessable(`prefix must be a network of IPv4 of /${MOST_BITS} or larger, not ${prefix}.`);
  const known = cloud.of(BYOIP_PREFIXES).values();
  if (known.some((one) => one.prefix === prefix)) throw unprocessable(`${prefix} is there already.`);
  const id = randomUUID();
  return cloud.of(BYOIP_PREFIXES).set(id, { id, prefix, region, status: 'in_progress', isAdvertised: false });
}

export function byoipPrefixRoutes(api: Api): Route[] {
  const { cloud } = api;
  const prefixOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(BYOIP_PREFIXES).get(params.byoip_prefix_uuid ?? ''));
  return [
    list({
      call: 'GET /v2/byoip_prefixes',
      operation: 'byoipPrefixes_list',
      scopes: [['byoip_prefix:read']],
      key: 'byoip_prefixes',
      item: answer,
      all: () => cloud.of(BYOIP_PREFIXES).values(),
      view: (prefix) => view(cloud, prefix),
    }),
    route({
      call: 'POST /v2/byoip_prefixes',
      operation: 'byoipPrefixes_create',
      scopes: [['byoip_prefix:create']],
      body: createBody,
      status: 202,
      answer: created,
      guesses: [
        'It is in progress for the time of an action. Any signature is good: nobody asks who has the prefix.',
        'None of its addresses can be used by anything. Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        refuseOnHardware(api, 'A prefix of your own');
        const { id, region, status } = create(api, call.body);
        call.start(becoming(COME, id));
        const made = { uuid: id, region, status };
        return { ...made, byoip_prefix: made };
      },
    }),
    route({
      call: 'GET /v2/byoip_prefixes/:byoip_prefix_uuid',
      operation: 'byoipPrefixes_get',
      scopes: [['byoip_prefix:read']],
      status: 200,
      answer: onePrefix,
      handle: (call) => ({ byoip_prefix: view(cloud, prefixOf(call)) }),
    }),
    route({
      call: 'PATCH /v2/byoip_prefixes/:byoip_prefix_uuid',
      operation: 'byoipPrefixes_patch',
      scopes: [['byoip_prefix:write'], ['byoip_prefix:update']],
      body: updateBody,
      status: 202,
      answer: onePrefix,
      guesses: ['At once, also while it is in progress.'],
      handle: (call) => {
        const prefix = prefixOf(call);
        const isAdvertised = call.body.advertise ?? prefix.isAdvertised;
        return {
          byoip_prefix: view(cloud, cloud.of(BYOIP_PREFIXES).set(prefix.id, { ...prefix, isAdvertised })),
        };
      },
    }),
    route({
      call: 'DELETE /v2/byoip_prefixes/:byoip_prefix_uuid',
      operation: 'byoipPrefixes_delete',
      scopes: [['byoip_prefix:delete']],
      status: 202,
      guesses: ["At once, also while it is advertised, as the provider's tests do."],
      handle: (call) => cloud.of(BYOIP_PREFIXES).delete(prefixOf(call).id),
    }),
    list({
      call: 'GET /v2/byoip_prefixes/:byoip_prefix_uuid/ips',
      operation: 'byoipPrefixes_list_resources',
      scopes: [['byoip_prefix:read']],
      key: 'ips',
      item: ip,
      all: (call) => noneOf(prefixOf(call)),
      view: (none) => none,
    }),
  ];
}
