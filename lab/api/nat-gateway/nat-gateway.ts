import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { defaultProject } from '../project/project-member';
import { PROJECTS } from '../project/stored-project';
import { freeAddress, lastAddress, NAT_GATEWAY } from '../server/addresses';
import { becoming } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { VPCS } from '../vpc/stored-vpc';
import { COME, GO } from './nat-gateway-life';
import { NAT_GATEWAYS, type NatGateway } from './stored-nat-gateway';

const seconds = z.int().min(0).nullish();
const changes = {
  name: z.string().min(1).max(255),
  size: z.int().min(1).max(200),
  udp_timeout_seconds: seconds,
  icmp_timeout_seconds: seconds,
  tcp_timeout_seconds: seconds,
};
const vpc = z.strictObject({
  vpc_uuid: z.string(),
  default_gateway: z.boolean().nullish(),
  subnet_uuid: guess('godo sends it; kept, though there are no subnets', z.string().nullish()),
});
const project = { project_id: z.uuid().nullish() };
const createBody = openapi(
  z.strictObject({
    ...changes,
    ...project,
    type: z.enum(['PUBLIC']),
    region: z.string(),
    vpcs: z.array(vpc).min(1),
  }),
);
const updateBody = openapi(z.strictObject({ ...changes, ...project, vpcs: z.array(vpc).nullish() }));
const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    type: z.literal('PUBLIC'),
    state: z.enum(['NEW', 'PROVISIONING', 'ACTIVE', 'DELETING', 'ERROR', 'INVALID']),
    region: z.string(),
    size: z.int(),
    vpcs: z.array(
      z.strictObject({
        vpc_uuid: z.string(),
        gateway_ip: z.string(),
        default_gateway: guess('godo reads it', z.boolean()),
        subnet_uuid: guess('godo reads it', z.string()),
      }),
    ),
    egresses: z.strictObject({ public_gateways: z.array(z.strictObject({ ipv4: z.ipv4() })) }),
    udp_timeout_seconds: z.int(),
    icmp_timeout_seconds: z.int(),
    tcp_timeout_seconds: z.int(),
    project_id: z.uuid(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  }),
  'vpc nat gateway',
);
const oneGateway = openapi(z.strictObject({ vpc_nat_gateway: answer }));
const listQuery = openapi(
  z.object({
    ...{ state: z.string().optional(), region: z.string().optional(), type: z.string().optional() },
    name: z.string().optional(),
  }),
);

function view(cloud: Cloud, gateway: NatGateway) {
  const { udp, icmp, tcp } = gateway.timeouts;
  return {
    ...{ id: gateway.id, name: gateway.name, type: 'PUBLIC', state: gateway.state },
    ...{ region: gateway.region, size: gateway.size },
    vpcs: gateway.vpcs.map(({ id, isDefault, subnetId }) => ({
      vpc_uuid: id,
      gateway_ip: lastAddress(cloud.of(VPCS).get(id)?.ipRange ?? '10.0.0.0/8'),
      default_gateway: isDefault,
      subnet_uuid: subnetId,
    })),
    egresses: { public_gateways: [{ ipv4: gateway.ip }] },
    ...{ udp_timeout_seconds: udp, icmp_timeout_seconds: icmp, tcp_timeout_seconds: tcp },
    project_id: gateway.projectId,
    ...{ created_at: second(gateway.createdAt), updated_at: second(gateway.updatedAt) },
  };
}

/** @throws 422 for VPCs that do not exist, or elsewhere */
function vpcsOf(cloud: Cloud, region: string, given: readonly z.infer<typeof vpc>[]): NatGateway['vpcs'] {
  return given.map(({ vpc_uuid: id, default_gateway, subnet_uuid }) => {
    if (cloud.of(VPCS).get(id)?.region !== region) throw unprocessable(`There is no VPC ${id} in ${region}.`);
    return { id, isDefault: default_gateway ?? false, subnetId: subnet_uuid ?? '' };
  });
}

const timeoutsOf = (body: z.infer<typeof updateBody>): NatGateway['timeouts'] => ({
  udp: body.udp_timeout_seconds || 30,
  icmp: body.icmp_timeout_seconds || 30,
  tcp: body.tcp_timeout_seconds || 30,
});

/** The project that a body names, or the default one. @throws 404 */
const projectOf = (cloud: Cloud, id: string | null | undefined) =>
  id ? found(cloud.of(PROJECTS).get(id)).id : defaultProject(cloud).id;

function create({ cloud }: Api, body: z.infer<typeof createBody>): NatGateway {
  if (!isRegion(body.region)) throw unprocessable(`region ${body.region} is invalid`);
  const id = randomUUID();
  const now = new Date().toISOString();
  return cloud.of(NAT_GATEWAYS).set(id, {
    ...{ id, name: body.name, state: 'NEW', region: body.region, size: body.size },
    vpcs: vpcsOf(cloud, body.region, body.vpcs),
    projectId: projectOf(cloud, body.project_id),
    ip: freeAddress(cloud, NAT_GATEWAY, {
      count: cloud.of(NAT_GATEWAYS).size,
      has: (ip) => cloud.of(NAT_GATEWAYS).byAddress.has(ip),
    }),
    timeouts: timeoutsOf(body),
    ...{ createdAt: now, updatedAt: now },
  });
}

export function natGatewayRoutes(api: Api): Route[] {
  const { cloud } = api;
  const gatewayOf = ({ params: { id = '' } }: Pick<Call, 'params'>) =>
    found(cloud.of(NAT_GATEWAYS).get(id), `nat gateway with id ${id} not found`);
  return [
    list({
      call: 'GET /v2/vpc_nat_gateways',
      operation: 'vpcnatgateways_list',
      scopes: [['nat_gateway:read']],
      key: 'vpc_nat_gateways',
      item: answer,
      query: listQuery,
      all: ({ query }) =>
        cloud
          .of(NAT_GATEWAYS)
          .values()
          .filter(
            ({ state, region, name }) =>
              (!query.state || state === query.state.toUpperCase()) &&
              (!query.region || region === query.region) &&
              (!query.type || query.type.toUpperCase() === 'PUBLIC') &&
              (!query.name || name === query.name),
          ),
      view: (gateway) => view(cloud, gateway),
    }),
    route({
      call: 'POST /v2/vpc_nat_gateways',
      operation: 'vpcnatgateways_create',
      scopes: [['nat_gateway:create']],
      body: createBody,
      status: 202,
      answer: oneGateway,
      guesses: [
        'It is NEW, and later DELETING, for the time of an action; answered in full, as clients read it.',
        'Its address in a VPC is the last one there. Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        refuseOnHardware(api, 'A VPC NAT gateway');
        const gateway = create(api, call.body);
        call.start(becoming(COME, gateway.id));
        return { vpc_nat_gateway: view(cloud, gateway) };
      },
    }),
    route({
      call: 'GET /v2/vpc_nat_gateways/:id',
      operation: 'vpcnatgateways_get',
      scopes: [['nat_gateway:read']],
      status: 200,
      answer: oneGateway,
      guesses: [
        "The text of the 404, by which the provider knows that it is gone. It is in its project by this field alone: no list of a project's resources has it.",
      ],
      handle: (call) => ({ vpc_nat_gateway: view(cloud, gatewayOf(call)) }),
    }),
    route({
      call: 'PUT /v2/vpc_nat_gateways/:id',
      operation: 'vpcnatgateways_update',
      scopes: [['nat_gateway:update']],
      body: updateBody,
      status: 200,
      answer: oneGateway,
      handle: (call) => {
        const before = gatewayOf(call);
        const { name, size, vpcs, project_id } = call.body;
        const gateway = cloud.of(NAT_GATEWAYS).set(before.id, {
          ...{ ...before, name, size, timeouts: timeoutsOf(call.body) },
          projectId: project_id ? projectOf(cloud, project_id) : before.projectId,
          vpcs: vpcs?.length ? vpcsOf(cloud, before.region, vpcs) : before.vpcs,
          updatedAt: new Date().toISOString(),
        });
        return { vpc_nat_gateway: view(cloud, gateway) };
      },
    }),
    route({
      call: 'DELETE /v2/vpc_nat_gateways/:id',
      operation: 'vpcnatgateways_delete',
      scopes: [['nat_gateway:delete']],
      status: 202,
      handle: (call) => {
        const gateway = gatewayOf(call);
        cloud.of(NAT_GATEWAYS).set(gateway.id, { ...gateway, state: 'DELETING' });
        call.start(becoming(GO, gateway.id));
      },
    }),
  ];
}
