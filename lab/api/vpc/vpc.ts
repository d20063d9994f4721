import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { isRegion, regionSlugs } from '../catalogue/catalogue';
import { checkVpcRange, defaultVpcRange, freeVpcRange } from '../server/addresses';
import type { Cloud } from '../server/cloud';
import { forbidden, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { VPC_PEERINGS } from '../vpc-peering/stored-vpc-peering';
import { VPCS, type Vpc } from './stored-vpc';
import { hasMembers, membersOf } from './vpc-member';

const name = z
  .string()
  .regex(/^[a-zA-Z0-9\-.]+$/, 'may only contain alphanumeric characters, dashes and periods');
const description = z.string().max(255).nullish();

const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    urn: z.string(),
    name: z.string(),
    description: z.string(),
    region: z.string(),
    ip_range: z.string(),
    created_at: z.iso.datetime(),
    default: z.boolean(),
  }),
  'vpc',
);
const oneVpc = openapi(z.strictObject({ vpc: answer }));
const createBody = openapi(
  z.strictObject({ name, description, region: z.string(), ip_range: z.string().nullish() }),
);
const updateBody = openapi(z.strictObject({ name, description, default: z.boolean().nullish() }));
const member = openapi(
  z.strictObject({ name: z.string(), urn: z.string(), created_at: z.string() }),
  'vpc member',
);

const view = (vpc: Vpc) => ({
  id: vpc.id,
  urn: `do:vpc:${vpc.id}`,
  name: vpc.name,
  description: vpc.description,
  region: vpc.region,
  ip_range: vpc.ipRange,
  created_at: second(vpc.createdAt),
  default: vpc.isDefault,
});

const ranges = (cloud: Cloud) =>
  cloud
    .of(VPCS)
    .values()
    .map(({ ipRange }) => ipRange);
const defaultOf = (cloud: Cloud, region: string) =>
  cloud
    .of(VPCS)
    .values()
    .find((vpc) => vpc.region === region && vpc.isDefault);

function create(cloud: Cloud, fields: Omit<Vpc, 'id' | 'createdAt'>): Vpc {
  const vpc = { ...fields, id: randomUUID(), createdAt: new Date().toISOString() };
  return cloud.of(VPCS).set(vpc.id, vpc);
}

/** Droplets without a VPC of their own go to their region's default one, which the first of them brings into being. */
export function defaultVpc(cloud: Cloud, region: string): Vpc {
  return defaultOf(cloud, region) ?? createDefault(cloud, region, freeVpcRange(ranges(cloud)));
}

const createDefault = (cloud: Cloud, region: string, ipRange: string) =>
  create(cloud, { name: `default-${region}`, description: '', region, ipRange, isDefault: true });

/** What an account has in each region in which something was ever made. Always the same ranges, where nobody else has them. */
export function ensureDefaultVpcs(cloud: Cloud): void {
  for (const [index, region] of regionSlugs.entries())
    if (!defaultOf(cloud, region)) createDefault(cloud, region, defaultVpcRange(index, ranges(cloud)));
}

function refuseSameName(cloud: Cloud, wanted: string, own?: Vpc): void {
  if (
    cloud
      .of(VPCS)
      .values()
      .some((vpc) => vpc.name === wanted && vpc.id !== own?.id)
  )
    throw unprocessable(`A VPC with the name ${wanted} already exists.`);
}

interface Change {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly default?: boolean | null;
}

function update(cloud: Cloud, vpc: Vpc, change: Change): Vpc {
  if (change.name) refuseSameName(cloud, change.name, vpc);
  if (change.default === false && vpc.isDefault)
    throw unprocessable('A default VPC stays one until another is made it.');
  const previous = change.default ? defaultOf(cloud, vpc.region) : undefined;
  if (previous) cloud.of(VPCS).set(previous.id, { ...previous, isDefault: false });
  const changed = { name: change.name ?? vpc.name, description: change.description ?? vpc.description };
  return cloud
    .of(VPCS)
    .set(vpc.id, { ...vpc, ...changed, isDefault: vpc.isDefault || change.default === true });
}

function remove(cloud: Cloud, vpc: Vpc): void {
  if (vpc.isDefault) throw forbidden('Can not delete default VPCs');
  if (hasMembers(cloud, vpc.id)) throw forbidden('Can not delete VPC with members');
  if (cloud.of(VPC_PEERINGS).byVpc.has(vpc.id)) throw forbidden('Can not delete VPC with peerings');
  cloud.of(VPCS).delete(vpc.id);
}

export function vpcRoutes({ cloud }: Api): Route[] {
  const vpcOf = (params: Readonly<Record<string, string>>) => found(cloud.of(VPCS).get(params.vpc_id ?? ''));
  return [
    list({
      call: 'GET /v2/vpcs',
      operation: 'vpcs_list',
      scopes: [['vpc:read']],
      key: 'vpcs',
      item: answer,
      all: () => cloud.of(VPCS).values(),
      view,
    }),
    route({
      call: 'POST /v2/vpcs',
      operation: 'vpcs_create',
      scopes: [['vpc:create']],
      body: createBody,
      status: 201,
      answer: oneVpc,
      guesses: [
        "The account has a default VPC in each region from the beginning, unless it is asked for without; a region's first VPC becomes its default.",
        'The texts of the 422 answers.',
        'Users report that 10.10.0.0/16 is refused too; the examples of DigitalOcean are in it.',
      ],
      handle: ({ body }) => {
        if (!isRegion(body.region)) throw unprocessable(`region ${body.region} is invalid`);
        refuseSameName(cloud, body.name);
        if (body.ip_range) checkVpcRange(body.ip_range, ranges(cloud));
        const ipRange = body.ip_range || freeVpcRange(ranges(cloud));
        const { name, region } = body;
        const isDefault = !defaultOf(cloud, region);
        return {
          vpc: view(create(cloud, { name, region, ipRange, description: body.description ?? '', isDefault })),
        };
      },
    }),
    route({
      call: 'GET /v2/vpcs/:vpc_id',
      operation: 'vpcs_get',
      scopes: [['vpc:read']],
      status: 200,
      answer: oneVpc,
      handle: ({ params }) => ({ vpc: view(vpcOf(params)) }),
    }),
    route({
      call: 'PUT /v2/vpcs/:vpc_id',
      operation: 'vpcs_update',
      scopes: [['vpc:update']],
      body: updateBody,
      status: 200,
      answer: oneVpc,
      handle: ({ params, body }) => ({
        vpc: view(update(cloud, vpcOf(params), { description: '', ...body })),
      }),
    }),
    route({
      call: 'PATCH /v2/vpcs/:vpc_id',
      operation: 'vpcs_patch',
      scopes: [['vpc:update']],
      body: openapi(updateBody.partial()),
      status: 200,
      answer: oneVpc,
      handle: ({ params, body }) => ({ vpc: view(update(cloud, vpcOf(params), body)) }),
    }),
    route({
      call: 'DELETE /v2/vpcs/:vpc_id',
      operation: 'vpcs_delete',
      scopes: [['vpc:delete']],
      status: 204,
      guesses: ['403 for a default VPC and for one with members or peerings; 409 was seen by others too.'],
      handle: ({ params }) => remove(cloud, vpcOf(params)),
    }),
    list({
      call: 'GET /v2/vpcs/:vpc_id/members',
      operation: 'vpcs_list_members',
      scopes: [['vpc:read']],
      key: 'members',
      item: member,
      query: openapi(z.object({ resource_type: z.string().optional() })),
      all: ({ params, query, caller }) => membersOf(cloud, vpcOf(params).id, caller, query.resource_type),
      view: ({ name, urn, createdAt }) => ({ name, urn, created_at: second(createdAt) }),
    }),
  ];
}
