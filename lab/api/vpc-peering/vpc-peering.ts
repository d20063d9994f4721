import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { becoming } from '../server/becoming';
import { found, notFound, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { VPCS } from '../vpc/stored-vpc';
import { VPC_PEERINGS, type VpcPeering } from './stored-vpc-peering';
import { PART, PEER } from './vpc-peering-life';

const name = z.string().regex(/^[a-zA-Z0-9-]+$/, 'may only contain alphanumeric characters and dashes');
const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    vpc_ids: z.array(z.uuid()),
    status: z.enum(['PROVISIONING', 'ACTIVE', 'DELETING']),
    created_at: z.iso.datetime(),
  }),
  'vpc peering',
);
const onePeering = openapi(z.strictObject({ vpc_peering: answer }));
/** As the calls below a VPC say it. */
const oneOfVpc = openapi(z.strictObject({ peering: answer }));
const createBody = openapi(z.strictObject({ name, vpc_ids: z.array(z.string()).length(2) }));
const createOfVpcBody = openapi(z.strictObject({ name, vpc_id: z.string() }));
const renameBody = openapi(z.strictObject({ name }));

const view = ({ id, name, vpcIds, status, createdAt }: VpcPeering) => ({
  id,
  name,
  vpc_ids: vpcIds,
  status,
  created_at: second(createdAt),
});

function create(api: Api, name: string, one: string, other: string, call: Pick<Call, 'start'>): VpcPeering {
  refuseOnHardware(api, 'A VPC peering');
  const { cloud } = api;
  for (const id of [one, other])
    if (!cloud.of(VPCS).has(id)) throw unprocessable(`VPC ${id} does not exist.`);
  if (one === other) throw unprocessable('A VPC can not be peered with itself.');
  if (
    cloud
      .of(VPC_PEERINGS)
      .byVpc.get(one)
      .some(({ vpcIds }) => vpcIds.includes(other))
  )
    throw unprocessable('A peering between these VPCs already exists.');
  const id = randomUUID();
  call.start(becoming(PEER, id));
  return cloud.of(VPC_PEERINGS).set(id, {
    ...{ id, name, status: 'PROVISIONING', createdAt: new Date().toISOString() },
    vpcIds: [one, other],
  });
}

export function vpcPeeringRoutes(api: Api): Route[] {
  const { cloud } = api;
  const peeringOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(VPC_PEERINGS).get(params.vpc_peering_id ?? ''));
  const vpcOf = ({ params }: Pick<Call, 'params'>) => found(cloud.of(VPCS).get(params.vpc_id ?? '')).id;
  const rename = (peering: VpcPeering, wanted: string) =>
    cloud.of(VPC_PEERINGS).set(peering.id, { ...peering, name: wanted });
  return [
    list({
      call: 'GET /v2/vpc_peerings',
      operation: 'vpcPeerings_list',
      scopes: [['vpc_peering:read']],
      key: 'vpc_peerings',
      item: answer,
      all: () => cloud.of(VPC_PEERINGS).values(),
      view,
    }),
    route({
      call: 'POST /v2/vpc_peerings',
      operation: 'vpcPeerings_create',
      scopes: [['vpc_peering:create']],
      body: createBody,
      status: 202,
      answer: onePeering,
      guesses: [
        'It is PROVISIONING, and later DELETING, for the time of an action.',
        '422 for the same VPC twice and for a second peering of two VPCs.',
        'Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        const [one = '', other = ''] = call.body.vpc_ids;
        return { vpc_peering: view(create(api, call.body.name, one, other, call)) };
      },
    }),
    route({
      call: 'GET /v2/vpc_peerings/:vpc_peering_id',
      operation: 'vpcPeerings_get',
      scopes: [['vpc_peering:read']],
      status: 200,
      answer: onePeering,
      handle: (call) => ({ vpc_peering: view(peeringOf(call)) }),
    }),
    route({
      call: 'PATCH /v2/vpc_peerings/:vpc_peering_id',
      operation: 'vpcPeerings_patch',
      scopes: [['vpc_peering:update']],
      body: renameBody,
      status: 200,
      answer: onePeering,
      handle: (call) => ({ vpc_peering: view(rename(peeringOf(call), call.body.name)) }),
    }),
    route({
      call: 'DELETE /v2/vpc_peerings/:vpc_peering_id',
      operation: 'vpcPeerings_delete',
      scopes: [['vpc_peering:delete']],
      status: 202,
      answer: onePeering,
      handle: (call) => {
        const peering = { ...peeringOf(call), status: 'DELETING' as const };
        call.start(becoming(PART, peering.id));
        return { vpc_peering: view(cloud.of(VPC_PEERINGS).set(peering.id, peering)) };
      },
    }),
    list({
      call: 'GET /v2/vpcs/:vpc_id/peerings',
      operation: 'vpcs_list_peerings',
      scopes: [['vpc_peering:read']],
      key: 'peerings',
      item: answer,
      all: (call) => cloud.of(VPC_PEERINGS).byVpc.get(vpcOf(call)),
      view,
    }),
    route({
      call: 'POST /v2/vpcs/:vpc_id/peerings',
      operation: 'vpcs_create_peerings',
      scopes: [['vpc_peering:create']],
      body: createOfVpcBody,
      status: 202,
      answer: oneOfVpc,
      handle: (call) => ({
        peering: view(create(api, call.body.name, vpcOf(call), call.body.vpc_id, call)),
      }),
    }),
    route({
      call: 'PATCH /v2/vpcs/:vpc_id/peerings/:vpc_peering_id',
      operation: 'vpcs_patch_peerings',
      scopes: [['vpc_peering:update']],
      body: renameBody,
      status: 200,
      answer: oneOfVpc,
      guesses: ['404 for a peering of other VPCs.'],
      handle: (call) => {
        const peering = peeringOf(call);
        if (!peering.vpcIds.includes(vpcOf(call))) throw notFound();
        return { peering: view(rename(peering, call.body.name)) };
      },
    }),
  ];
}
