import { z } from 'zod';
import type { Api } from '../api';
import { regionAnswer, regionView } from '../catalogue/catalogue';
import { DROPLETS } from '../droplet/stored-droplet';
import { projectOf } from '../project/project-member';
import type { Cloud } from '../server/cloud';
import { guess, openapi } from '../server/provenance';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { type LoadBalancer, loadBalancerUrn } from './stored-load-balancer';

const SIZES: Readonly<Record<number, string>> = { 1: 'lb-small', 3: 'lb-medium', 6: 'lb-large' };

const rule = z.strictObject({
  entry_protocol: z.string(),
  entry_port: z.int(),
  target_protocol: z.string(),
  target_port: z.int(),
  certificate_id: z.string(),
  tls_passthrough: z.boolean(),
});

export const loadBalancerAnswer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    ip: z.string(),
    ipv6: z.string().optional(),
    size: z.string().optional(),
    size_unit: z.int(),
    algorithm: z.string(),
    status: z.enum(['new', 'active', 'errored']),
    created_at: z.iso.datetime(),
    forwarding_rules: z.array(rule).optional(),
    health_check: z.strictObject({
      protocol: z.string(),
      port: z.int(),
      path: z.string(),
      check_interval_seconds: z.int(),
      response_timeout_seconds: z.int(),
      unhealthy_threshold: z.int(),
      healthy_threshold: z.int(),
    }),
    sticky_sessions: z.strictObject({
      type: z.string(),
      cookie_name: z.string().optional(),
      cookie_ttl_seconds: z.int().optional(),
    }),
    region: regionAnswer.optional(),
    tag: z.string(),
    droplet_ids: z.array(z.int()),
    redirect_http_to_https: z.boolean(),
    enable_proxy_protocol: z.boolean(),
    enable_backend_keepalive: z.boolean(),
    vpc_uuid: z.string().optional(),
    disable_lets_encrypt_dns_records: z.boolean(),
    project_id: z.uuid().optional(),
    http_idle_timeout_seconds: z.int(),
    firewall: z.strictObject({ allow: z.array(z.string()), deny: z.array(z.string()) }),
    network: guess('none of a GLOBAL one, as the provider expects', z.string().optional()),
    network_stack: z.string(),
    type: z.string(),
    domains: z
      .array(
        z.strictObject({ name: z.string(), is_managed: z.boolean(), certificate_id: z.string().optional() }),
      )
      .optional(),
    glb_settings: z
      .strictObject({
        target_protocol: z.string().optional(),
        target_port: z.int().optional(),
        cdn: z.strictObject({ is_enabled: z.boolean().optional() }).optional(),
        region_priorities: z.record(z.string(), z.int()).optional(),
        failover_threshold: z.int().optional(),
      })
      .optional(),
    target_load_balancer_ids: z.array(z.string()).optional(),
    tls_cipher_policy: z.string(),
  }),
  'load balancer',
);

/** The droplets that a load balancer sends to, healthy or not. */
export function targetsOf(cloud: Cloud, { dropletIds, tag, region }: LoadBalancer): number[] {
  if (tag === '') return dropletIds.filter((id) => cloud.of(DROPLETS).has(id));
  const tagged = cloud.of(DROPLETS).byTag.get(tag);
  return tagged.filter((droplet) => droplet.region === region).map(({ id }) => id);
}

const parts = (balancer: LoadBalancer) => ({
  ...(balancer.forwardingRules.length > 0 ? { forwarding_rules: balancer.forwardingRules } : {}),
  ...(balancer.ipv6 ? { ipv6: balancer.ipv6 } : {}),
  ...(SIZES[balancer.sizeUnit] ? { size: SIZES[balancer.sizeUnit] } : {}),
  ...(balancer.region ? { region: regionView(balancer.region), network: balancer.network } : {}),
  ...(balancer.domains.length > 0 ? { domains: balancer.domains } : {}),
  ...(balancer.globalSettings ? { glb_settings: balancer.globalSettings } : {}),
  ...(balancer.targetIds.length > 0 ? { target_load_balancer_ids: balancer.targetIds } : {}),
});

/** A load balancer as the caller may see it: some fields need a scope of their own. */
export const loadBalancerView = ({ cloud }: Api, balancer: LoadBalancer, caller: Caller) => ({
  id: balancer.id,
  name: balancer.name,
  ip: balancer.status === 'new' ? '' : balancer.ip,
  size_unit: balancer.sizeUnit,
  algorithm: balancer.algorithm,
  status: balancer.status,
  created_at: second(balancer.createdAt),
  health_check: balancer.healthCheck,
  sticky_sessions: balancer.stickySessions,
  tag: caller.can('tag:read') ? balancer.tag : '',
  droplet_ids: caller.can('droplet:read') ? targetsOf(cloud, balancer) : [],
  redirect_http_to_https: balancer.redirectHttpToHttps,
  enable_proxy_protocol: balancer.proxyProtocol,
  enable_backend_keepalive: balancer.backendKeepalive,
  ...(balancer.vpcId && caller.can('vpc:read') ? { vpc_uuid: balancer.vpcId } : {}),
  disable_lets_encrypt_dns_records: balancer.noLetsEncryptRecords,
  ...(caller.can('project:read') ? { project_id: projectOf(cloud, loadBalancerUrn(balancer.id)) } : {}),
  http_idle_timeout_seconds: balancer.httpIdleTimeout,
  firewall: balancer.firewall,
  network_stack: balancer.networkStack,
  type: balancer.type,
  tls_cipher_policy: balancer.tlsCipherPolicy,
  ...parts(balancer),
});
