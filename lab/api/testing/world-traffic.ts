import { type Lab, droplet as newDroplet } from './client';
import type { Make, WorldPart } from './world-part';

const web = { entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 80 };
const other = { ...web, entry_port: 8080, target_port: 8080, tls_passthrough: false };

/** What carries traffic between droplets, networks and the world. */
export async function trafficWorld(
  lab: Lab,
  made: Make,
  droplet: number,
  sshKey: number,
): Promise<WorldPart> {
  const certificate = (
    await made('/v2/certificates', { name: 'c', type: 'lets_encrypt', dns_names: ['a.test'] })
  ).certificate.id;
  const balancer = (
    await made('/v2/load_balancers', { name: 'lb', region: 'fra1', forwarding_rules: [web, other] })
  ).load_balancer.id;
  const global = (
    await made('/v2/load_balancers', {
      ...{ name: 'glb', type: 'GLOBAL' },
      glb_settings: { target_protocol: 'http', target_port: 80, cdn: { is_enabled: true } },
    })
  ).load_balancer.id;
  const ipv6 = (await made('/v2/reserved_ipv6', { region_slug: 'fra1' })).reserved_ipv6.ip;
  const vpcs: string[] = [];
  for (const name of ['p1', 'p2', 'p3']) vpcs.push((await made('/v2/vpcs', { name, region: 'fra1' })).vpc.id);
  const [one, two, three] = vpcs;
  const peering = (await made('/v2/vpc_peerings', { name: 'p', vpc_ids: [one, two] })).vpc_peering.id;
  const six = (await made('/v2/droplets', newDroplet({ name: 'six', ipv6: true }))).droplet.id;
  await lab.until(`/v2/droplets/${six}`, (body) => !body.droplet.locked);
  const nat = { name: 'nat', type: 'PUBLIC', region: 'fra1', size: 1, vpcs: [{ vpc_uuid: one }] };
  const gateway = (await made('/v2/vpc_nat_gateways', nat)).vpc_nat_gateway.id;
  const byoip = { prefix: '203.11.13.0/24', region: 'fra1', signature: 's' };
  const prefix = (await made('/v2/byoip_prefixes', byoip)).uuid;
  const scaled = {
    ...{ name: 'pool', config: { target_number_instances: 1 } },
    droplet_template: {
      ...{ name: 'member', region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-13-x64' },
      ...{ ssh_keys: [String(sshKey)], ipv6: true, with_droplet_agent: true, user_data: '#cloud-config' },
    },
  };
  const pool = (await made('/v2/droplets/autoscale', scaled)).autoscale_pool.id;
  const timeouts = { udp_timeout_seconds: 30, icmp_timeout_seconds: 30, tcp_timeout_seconds: 30 };
  const balanced = {
    ...{ name: 'lb2', region: 'fra1', size_unit: 2, algorithm: 'round_robin', droplet_ids: [droplet] },
    forwarding_rules: [
      web,
      { ...web, entry_protocol: 'https', entry_port: 443, certificate_id: certificate },
    ],
    health_check: { protocol: 'http', port: 80, path: '/', check_interval_seconds: 10, healthy_threshold: 5 },
    sticky_sessions: { type: 'cookies', cookie_name: 'lb', cookie_ttl_seconds: 300 },
    ...{ redirect_http_to_https: true, enable_proxy_protocol: true, enable_backend_keepalive: true },
    ...{ http_idle_timeout_seconds: 90, disable_lets_encrypt_dns_records: true, network: 'EXTERNAL' },
    ...{ network_stack: 'DUALSTACK', type: 'REGIONAL', tls_cipher_policy: 'STRONG' },
    firewall: { allow: ['ip:192.0.2.1'], deny: ['cidr:198.51.100.0/24'] },
    domains: [{ name: 'a.test', is_managed: true, certificate_id: certificate }],
    target_load_balancer_ids: [global],
  };
  return {
    parameters: {
      ...{ certificate_id: certificate, lb_id: balancer, reserved_ipv6: ipv6, vpc_id: one ?? '' },
      ...{ vpc_peering_id: peering, id: gateway, byoip_prefix_uuid: prefix, autoscale_pool_id: pool },
    },
    bodies: {
      'POST /v2/certificates': { name: 'c2', type: 'lets_encrypt', dns_names: ['w.a.test'] },
      'POST /v2/load_balancers': balanced,
      'PUT /v2/load_balancers/:lb_id': balanced,
      'POST /v2/load_balancers/:lb_id/droplets': { droplet_ids: [droplet] },
      'DELETE /v2/load_balancers/:lb_id/droplets': { droplet_ids: [droplet] },
      'POST /v2/load_balancers/:lb_id/forwarding_rules': {
        forwarding_rules: [{ ...web, entry_port: 81 }],
      },
      'DELETE /v2/load_balancers/:lb_id/forwarding_rules': { forwarding_rules: [other] },
      'POST /v2/vpc_nat_gateways': { ...nat, name: 'nat2', ...timeouts },
      'PUT /v2/vpc_nat_gateways/:id': { name: 'nat3', size: 2, ...timeouts },
      'POST /v2/byoip_prefixes': { ...byoip, prefix: '203.11.14.0/24' },
      'PATCH /v2/byoip_prefixes/:byoip_prefix_uuid': { advertise: true },
      'POST /v2/droplets/autoscale': { ...scaled, config: { min_instances: 1, max_instances: 2 } },
      'PUT /v2/droplets/autoscale/:autoscale_pool_id': scaled,
      'POST /v2/reserved_ipv6': { region_slug: 'fra1' },
      'POST /v2/reserved_ipv6/:reserved_ipv6/actions': { type: 'assign', droplet_id: six },
      'POST /v2/vpc_peerings': { name: 'q', vpc_ids: [one, three] },
      'PATCH /v2/vpc_peerings/:vpc_peering_id': { name: 'r' },
      'POST /v2/vpcs/:vpc_id/peerings': { name: 's', vpc_id: three },
      'PATCH /v2/vpcs/:vpc_id/peerings/:vpc_peering_id': { name: 't' },
    },
  };
}
