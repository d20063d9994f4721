import { z } from 'zod';
import { guess, openapi } from '../server/provenance';
import { tagName } from '../tag/tag';

const port = z.int().min(1).max(65_535);
const readOnly = {
  id: z.string().nullish(),
  ipv6: z.string().nullish(),
  status: z.string().nullish(),
  created_at: z.string().nullish(),
};

const rule = z.strictObject({
  entry_protocol: z.enum(['http', 'https', 'http2', 'http3', 'tcp', 'udp']),
  entry_port: port,
  target_protocol: z.enum(['http', 'https', 'http2', 'tcp', 'udp']),
  target_port: port,
  certificate_id: z.string().nullish(),
  tls_passthrough: z.boolean().nullish(),
});

const limits = 'the limits are those of the provider';
const seconds = guess(limits, z.int().min(3).max(300).nullish());
const times = guess(limits, z.int().min(2).max(10).nullish());
const healthCheck = z.strictObject({
  protocol: z.enum(['http', 'https', 'tcp']).nullish(),
  port: port.nullish(),
  path: z.string().nullish(),
  check_interval_seconds: seconds,
  response_timeout_seconds: seconds,
  unhealthy_threshold: times,
  healthy_threshold: times,
  proxy_protocol: guess('godo sends it; kept by nobody', z.boolean().nullish()),
});

const stickySessions = z.strictObject({
  type: z.enum(['cookies', 'none']).nullish(),
  cookie_name: z.string().nullish(),
  cookie_ttl_seconds: z.int().nullish(),
});

const domain = z.strictObject({
  name: z.string().min(1),
  is_managed: z.boolean().nullish(),
  certificate_id: z.string().nullish(),
});

const globalSettings = z.strictObject({
  target_protocol: z.enum(['http', 'https', 'http2']).nullish(),
  target_port: port.nullish(),
  cdn: z.strictObject({ is_enabled: z.boolean().nullish() }).nullish(),
  region_priorities: z.record(z.string(), z.int()).nullish(),
  failover_threshold: z.int().min(0).max(99).nullish(),
});

const source = z
  .string()
  .regex(
    /^(ip:[0-9a-fA-F.:]+|cidr:[0-9a-fA-F.:]+\/\d{1,3})$/,
    'must be such as ip:1.2.3.4 or cidr:2.3.0.0/16',
  );

/** What a load balancer is to be like; what is not named has its default. */
export const loadBalancerBody = openapi(
  z.strictObject({
    ...readOnly,
    name: z
      .string()
      .max(255)
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/, 'may only contain letters, numbers, periods and dashes'),
    project_id: z.string().nullish(),
    ip: z.string().nullish(),
    region: z.string().nullish(),
    size: z.enum(['lb-small', 'lb-medium', 'lb-large', '']).nullish(),
    size_unit: z.int().min(1).max(200).nullish(),
    algorithm: z.enum(['round_robin', 'least_connections']).nullish(),
    forwarding_rules: z.array(rule).nullish(),
    health_check: healthCheck.nullish(),
    sticky_sessions: stickySessions.nullish(),
    droplet_ids: z.array(z.int()).nullish(),
    tag: tagName.or(z.literal('')).nullish(),
    redirect_http_to_https: z.boolean().nullish(),
    enable_proxy_protocol: z.boolean().nullish(),
    enable_backend_keepalive: z.boolean().nullish(),
    http_idle_timeout_seconds: z.int().min(30).max(600).nullish(),
    vpc_uuid: z.string().nullish(),
    disable_lets_encrypt_dns_records: z.boolean().nullish(),
    firewall: z.strictObject({ allow: z.array(source).nullish(), deny: z.array(source).nullish() }).nullish(),
    network: z.enum(['EXTERNAL', 'INTERNAL']).nullish(),
    network_stack: z.enum(['IPV4', 'DUALSTACK']).nullish(),
    type: z.enum(['REGIONAL', 'REGIONAL_NETWORK', 'GLOBAL']).nullish(),
    domains: z.array(domain).nullish(),
    glb_settings: globalSettings.nullish(),
    target_load_balancer_ids: z.array(z.string()).nullish(),
    tls_cipher_policy: z.enum(['DEFAULT', 'STRONG']).nullish(),
  }),
);
export type LoadBalancerBody = z.infer<typeof loadBalancerBody>;

export const rulesBody = openapi(z.strictObject({ forwarding_rules: z.array(rule).min(1) }));
export const dropletsBody = openapi(z.strictObject({ droplet_ids: z.array(z.int()).min(1) }));
export type RuleBody = z.infer<typeof rule>;
