import { randomUUID } from 'node:crypto';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { CERTIFICATES } from '../certificate/stored-certificate';
import { DROPLETS } from '../droplet/stored-droplet';
import { assignToProject } from '../project/project-member';
import { freeAddress, LOAD_BALANCER, LOAD_BALANCER_V6 } from '../server/addresses';
import type { Cloud } from '../server/cloud';
import { forbidden, unprocessable } from '../server/errors';
import type { Call } from '../server/route';
import type { Caller } from '../server/scopes';
import { ensureTags } from '../tag/tag';
import { VPCS } from '../vpc/stored-vpc';
import { defaultVpc } from '../vpc/vpc';
import { rulesOf } from './forwarding-rule';
import type { LoadBalancerBody as Body } from './load-balancer-body';
import { LOAD_BALANCERS, type LoadBalancer, loadBalancerUrn } from './stored-load-balancer';

const UNITS = { '': 1, 'lb-small': 1, 'lb-medium': 3, 'lb-large': 6 };
/** What no change gives anew. */
type Place = Pick<
  LoadBalancer,
  'id' | 'type' | 'region' | 'vpcId' | 'ip' | 'ipv6' | 'network' | 'networkStack' | 'status' | 'createdAt'
>;

function sizeUnit({ size, size_unit }: Body): number {
  if (size && size_unit) throw unprocessable('size and size_unit are mutually exclusive.');
  return size_unit ?? UNITS[size ?? ''];
}

/** @throws 422 for droplets that do not exist, or elsewhere */
export function checkTargets(cloud: Cloud, region: string, dropletIds: readonly number[]): void {
  for (const id of dropletIds) {
    const droplet = cloud.of(DROPLETS).get(id);
    if (!droplet) throw unprocessable(`Droplet ${id} does not exist.`);
    if (droplet.region !== region)
      throw unprocessable(`Droplet ${id} is not in ${region}, where the load balancer is.`);
  }
}

/** @throws 403 for what the caller may not see */
function authorizeTargets({ droplet_ids, tag }: Body, caller: Caller): void {
  if (droplet_ids?.length && !caller.can('droplet:read')) throw forbidden();
  if (tag && !(caller.can('tag:read') && caller.can('tag:create'))) throw forbidden();
}

function targets(
  cloud: Cloud,
  { region, type }: Place,
  { droplet_ids, tag, target_load_balancer_ids }: Body,
) {
  const dropletIds = [...new Set(droplet_ids ?? [])];
  if (tag && dropletIds.length > 0) throw unprocessable('droplet_ids and tag are mutually exclusive.');
  if (type !== 'GLOBAL') checkTargets(cloud, region, dropletIds);
  const targetIds = target_load_balancer_ids ?? [];
  const unknown = targetIds.find((id) => !cloud.of(LOAD_BALANCERS).has(id));
  if (unknown !== undefined) throw unprocessable(`Load balancer ${unknown} does not exist.`);
  return { dropletIds, targetIds, tag: tag ? (ensureTags(cloud, [tag])[0] ?? '') : '' };
}

function forwarding(cloud: Cloud, type: LoadBalancer['type'], body: Body) {
  const domains = (body.domains ?? []).map(({ name, is_managed, certificate_id }) => ({
    ...{ name, is_managed: is_managed ?? false },
    ...(certificate_id ? { certificate_id } : {}),
  }));
  const unknown = domains.find(({ certificate_id: id }) => id && !cloud.of(CERTIFICATES).has(id));
  if (unknown) throw unprocessable(`Certificate ${unknown.certificate_id} does not exist.`);
  if (type === 'GLOBAL' && !body.glb_settings)
    throw unprocessable('A GLOBAL load balancer needs glb_settings.');
  if (type !== 'GLOBAL' && body.glb_settings)
    throw unprocessable('Only a GLOBAL load balancer has glb_settings.');
  const rules = body.forwarding_rules ?? [];
  return {
    forwardingRules: type === 'GLOBAL' && rules.length === 0 ? [] : rulesOf(cloud, rules),
    domains,
    globalSettings: body.glb_settings
      ? (withoutNull(body.glb_settings) as LoadBalancer['globalSettings'])
      : null,
  };
}

/** Null counts as left out. */
const withoutNull = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && one !== undefined)
      .map(([key, one]) => [key, typeof one === 'object' ? withoutNull(one as object) : one]),
  );

function healthCheck({ health_check, forwarding_rules }: Body): LoadBalancer['healthCheck'] {
  const first = forwarding_rules?.find(({ target_protocol }) => target_protocol !== 'udp');
  const protocol = health_check?.protocol ?? (first?.target_protocol === 'tcp' ? 'tcp' : 'http');
  return {
    protocol,
    port: health_check?.port ?? first?.target_port ?? 80,
    path: protocol === 'tcp' ? '' : (health_check?.path ?? '/'),
    check_interval_seconds: health_check?.check_interval_seconds ?? 10,
    response_timeout_seconds: health_check?.response_timeout_seconds ?? 5,
    unhealthy_threshold: health_check?.unhealthy_threshold ?? 3,
    healthy_threshold: health_check?.healthy_threshold ?? 5,
  };
}

function stickySessions({ sticky_sessions }: Body): LoadBalancer['stickySessions'] {
  if (sticky_sessions?.type !== 'cookies') return { type: 'none' };
  const { cookie_name, cookie_ttl_seconds } = sticky_sessions;
  if (!cookie_name || !cookie_ttl_seconds)
    throw unprocessable('Sticky sessions by cookies need a cookie_name and cookie_ttl_seconds.');
  return { type: 'cookies', cookie_name, cookie_ttl_seconds };
}

/** A load balancer as a body wants it, at a place. @throws 403, 422 */
function balancerOf(cloud: Cloud, place: Place, body: Body, caller: Caller): LoadBalancer {
  authorizeTargets(body, caller);
  return {
    ...place,
    name: body.name,
    sizeUnit: sizeUnit(body),
    algorithm: body.algorithm ?? 'round_robin',
    ...targets(cloud, place, body),
    ...forwarding(cloud, place.type, body),
    healthCheck: healthCheck(body),
    stickySessions: stickySessions(body),
    redirectHttpToHttps: body.redirect_http_to_https ?? false,
    proxyProtocol: body.enable_proxy_protocol ?? false,
    backendKeepalive: body.enable_backend_keepalive ?? false,
    httpIdleTimeout: body.http_idle_timeout_seconds ?? 60,
    noLetsEncryptRecords: body.disable_lets_encrypt_dns_records ?? false,
    firewall: { allow: body.firewall?.allow ?? [], deny: body.firewall?.deny ?? [] },
    tlsCipherPolicy: body.tls_cipher_policy ?? 'DEFAULT',
  };
}

/** The VPC that a load balancer is in: the one named, or its region's default one. @throws 422 */
function vpcOf(cloud: Cloud, region: string, id: string | null | undefined): string {
  if (!id) return defaultVpc(cloud, region).id;
  const vpc = cloud.of(VPCS).get(id);
  if (!vpc) throw unprocessable(`VPC ${id} does not exist.`);
  if (vpc.region !== region) throw unprocessable(`VPC ${id} is not in ${region}.`);
  return id;
}

function newPlace(cloud: Cloud, body: Body): Place {
  const type = body.type ?? 'REGIONAL';
  const isGlobal = type === 'GLOBAL';
  if (isGlobal && body.region) throw unprocessable('A GLOBAL load balancer has no region.');
  if (!isGlobal && !body.region) throw unprocessable('region is required');
  if (!isGlobal && !isRegion(body.region ?? '')) throw unprocessable(`region ${body.region} is invalid`);
  if (body.ip) throw unprocessable(`${body.ip} is no address of yours that a load balancer can have.`);
  const network = body.network ?? 'EXTERNAL';
  const networkStack = body.network_stack ?? 'IPV4';
  const ip = freeAddress(cloud, LOAD_BALANCER, {
    count: cloud.of(LOAD_BALANCERS).size,
    has: (one) => cloud.of(LOAD_BALANCERS).byAddress.has(one),
  });
  return {
    id: randomUUID(),
    ...{ type, network, networkStack, ip },
    region: body.region ?? '',
    vpcId: isGlobal ? '' : vpcOf(cloud, body.region ?? '', body.vpc_uuid),
    ipv6: networkStack === 'DUALSTACK' ? `${LOAD_BALANCER_V6}${ip.split('.').at(-1)}` : '',
    status: 'new',
    createdAt: new Date().toISOString(),
  };
}

export function createLoadBalancer(
  { cloud }: Api,
  { body, caller }: Pick<Call<Body>, 'body' | 'caller'>,
): LoadBalancer {
  const balancer = balancerOf(cloud, newPlace(cloud, body), body, caller);
  assignToProject(cloud, loadBalancerUrn(balancer.id), body.project_id);
  return cloud.of(LOAD_BALANCERS).set(balancer.id, balancer);
}

/** What the body does not name is reset to its default; the region, the network and the addresses stay. */
export function updateLoadBalancer(
  { cloud }: Api,
  before: LoadBalancer,
  { body, caller }: Pick<Call<Body>, 'body' | 'caller'>,
): LoadBalancer {
  if (body.region && body.region !== before.region) throw unprocessable('The region can not be changed.');
  if (body.type && body.type !== before.type) throw unprocessable('The type can not be changed.');
  const balancer = balancerOf(cloud, before, body, caller);
  if (body.project_id) assignToProject(cloud, loadBalancerUrn(balancer.id), body.project_id);
  return cloud.of(LOAD_BALANCERS).set(balancer.id, balancer);
}
