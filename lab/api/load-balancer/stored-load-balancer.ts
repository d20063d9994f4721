import type { Cloud } from '../server/cloud';
import { Table } from '../server/store';

/** In these, names are as calls have them. */
export interface ForwardingRule {
  readonly entry_protocol: 'http' | 'https' | 'http2' | 'http3' | 'tcp' | 'udp';
  readonly entry_port: number;
  readonly target_protocol: 'http' | 'https' | 'http2' | 'tcp' | 'udp';
  readonly target_port: number;
  readonly certificate_id: string;
  readonly tls_passthrough: boolean;
}

export interface HealthCheck {
  readonly protocol: 'http' | 'https' | 'tcp';
  readonly port: number;
  readonly path: string;
  readonly check_interval_seconds: number;
  readonly response_timeout_seconds: number;
  readonly unhealthy_threshold: number;
  readonly healthy_threshold: number;
}

export interface StickySessions {
  readonly type: 'cookies' | 'none';
  readonly cookie_name?: string;
  readonly cookie_ttl_seconds?: number;
}

export interface BalancedDomain {
  readonly name: string;
  readonly is_managed: boolean;
  readonly certificate_id?: string;
}

export interface GlobalSettings {
  readonly target_protocol?: 'http' | 'https' | 'http2';
  readonly target_port?: number;
  readonly cdn?: { readonly is_enabled?: boolean };
  readonly region_priorities?: Readonly<Record<string, number>>;
  readonly failover_threshold?: number;
}

export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly status: 'new' | 'active';
  readonly type: 'REGIONAL' | 'REGIONAL_NETWORK' | 'GLOBAL';
  /** Empty for a global one. */
  readonly region: string;
  readonly vpcId: string;
  readonly ip: string;
  /** Empty without DUALSTACK. */
  readonly ipv6: string;
  readonly sizeUnit: number;
  readonly algorithm: 'round_robin' | 'least_connections';
  readonly network: 'EXTERNAL' | 'INTERNAL';
  readonly networkStack: 'IPV4' | 'DUALSTACK';
  readonly forwardingRules: readonly ForwardingRule[];
  readonly healthCheck: HealthCheck;
  readonly stickySessions: StickySessions;
  /** As named; those that are gone meanwhile are no targets. Empty with a tag. */
  readonly dropletIds: readonly number[];
  readonly tag: string;
  readonly redirectHttpToHttps: boolean;
  readonly proxyProtocol: boolean;
  readonly backendKeepalive: boolean;
  readonly httpIdleTimeout: number;
  readonly noLetsEncryptRecords: boolean;
  readonly firewall: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly domains: readonly BalancedDomain[];
  readonly globalSettings: GlobalSettings | null;
  readonly targetIds: readonly string[];
  readonly tlsCipherPolicy: 'DEFAULT' | 'STRONG';
  readonly createdAt: string;
}

export const LOAD_BALANCERS = new Table<string, LoadBalancer, 'byVpc' | 'byAddress'>('load_balancers', {
  byVpc: ({ vpcId }) => (vpcId === '' ? [] : [vpcId]),
  byAddress: ({ ip }) => [ip],
});

export const loadBalancerUrn = (id: string) => `do:loadbalancer:${id}`;

export const usesCertificate = (cloud: Cloud, certificateId: string): boolean =>
  cloud
    .of(LOAD_BALANCERS)
    .values()
    .some(({ forwardingRules, domains }) =>
      [...forwardingRules, ...domains].some(({ certificate_id }) => certificate_id === certificateId),
    );
