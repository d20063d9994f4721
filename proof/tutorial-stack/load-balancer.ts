import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Droplet } from '@cdktf/provider-digitalocean/lib/droplet';
import { Record as DnsRecord } from '@cdktf/provider-digitalocean/lib/record';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import type { Network } from '../../lib/network';
import type { ReservedIp } from '../../lib/reserved-ip';
import type { Settings } from '../../lib/settings';
import { escapeTemplate } from '../../lib/user-data';

const FOLDER = join(__dirname, 'load-balancer');

export interface TutorialLoadBalancerProps {
  readonly settings: Settings;
  readonly network: Network;
  readonly reservedIp: ReservedIp;
  readonly index: 1 | 2;
}

/** One of the tutorial's two load balancers: HAProxy and keepalived, and a script that asks for the Reserved IP. */
export class TutorialLoadBalancer extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, network, reservedIp, index }: TutorialLoadBalancerProps,
  ) {
    super(scope, id);
    const { prefix, region, zone, loadBalancer, web } = settings;
    const environment = [
      `RESERVED_IP=${reservedIp.address}`,
      `DO_TOKEN=${reservedIp.token}`,
      `INDEX=${index}`,
      `INTERNAL_DOMAIN=${prefix}.internal.${zone}`,
      `WEB_SERVERS=${web.count}`,
      '',
    ];
    const droplet = new Droplet(this, 'resource', {
      ...{
        name: `${prefix}-load-balancer-${index}`,
        region,
        size: loadBalancer.size,
        image: loadBalancer.dropletImage,
      },
      vpcUuid: network.vpc.id,
      tags: [network.roleTag('load-balancer').id],
      userData: `#cloud-config\n${stringify(cloudConfig(environment.join('\n')), { lineWidth: 0 })}`,
    });
    new DnsRecord(this, 'record', {
      ...{ domain: zone, type: 'A', name: `load-balancer-${index}.${prefix}.internal`, ttl: 30 },
      value: droplet.ipv4AddressPrivate,
    });
  }
}

function cloudConfig(environment: string): object {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: `/${relative(FOLDER, file)}`,
      permissions: statSync(file).mode & 0o100 ? '0755' : '0644',
      content: escapeTemplate(readFileSync(file, 'utf8')),
      defer: true,
    }));
  return {
    package_update: true,
    packages: ['haproxy', 'keepalived', 'curl'],
    write_files: [
      ...files,
      { path: '/etc/keepalived/reserved-ip.env', permissions: '0600', content: environment, defer: true },
    ],
    runcmd: [['/usr/local/sbin/fill-in'], ['systemctl', 'restart', 'haproxy', 'keepalived']],
  };
}
