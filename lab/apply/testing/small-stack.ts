import type { Json } from './deployment';

/** The providers that the tests with Terraform itself have it run. */
export const REQUIRED_PROVIDERS = {
  digitalocean: { source: 'digitalocean/digitalocean', version: '2.99.1' },
  cloudinit: { source: 'hashicorp/cloudinit', version: '2.3.7' },
  random: { source: 'hashicorp/random', version: '3.7.2' },
  tls: { source: 'hashicorp/tls', version: '4.1.0' },
};

/** A stack in the small, with every way in which resources of the real one hang together. */
export function smallStack(): Json {
  return {
    terraform: { required_providers: { ...REQUIRED_PROVIDERS } },
    provider: { digitalocean: [{}] },
    locals: { common: '#cloud-config\npackages: [curl]\n' },
    data: {
      cloudinit_config: {
        web: {
          gzip: false,
          base64_encode: false,
          part: [
            { content_type: 'text/cloud-config', filename: 'common.yaml', content: '${local.common}' },
            { content: 'password=${random_password.database.result}\n' },
          ],
        },
      },
    },
    resource: {
      digitalocean_vpc: {
        main: { name: 'small', region: 'nyc3', ip_range: '10.20.0.0/20', timeouts: { delete: '10m' } },
      },
      digitalocean_tag: { web: { name: 'small-web' }, database: { name: 'small-database' } },
      random_password: { database: { length: 20, special: false } },
      digitalocean_domain: { zone: { name: 'example.org' } },
      digitalocean_reserved_ip: { main: { region: 'nyc3' } },
      digitalocean_volume: { data: { name: 'small-data', region: 'nyc3', size: 10 } },
      digitalocean_droplet: {
        'web-1': {
          ...droplet('small-web-1'),
          tags: ['${digitalocean_tag.web.id}'],
          user_data: '${data.cloudinit_config.web.rendered}',
          lifecycle: { create_before_destroy: true },
        },
        database: {
          ...droplet('small-database-1'),
          tags: ['${digitalocean_tag.database.id}'],
          user_data: '#cloud-config\n',
          volume_ids: ['${digitalocean_volume.data.id}'],
          graceful_shutdown: true,
        },
      },
      digitalocean_record: {
        'web-1': address('web', '${digitalocean_droplet.web-1.ipv4_address_private}'),
        database: address('database', '${digitalocean_droplet.database.ipv4_address_private}'),
        www: address('www', '${digitalocean_reserved_ip.main.ip_address}'),
      },
      digitalocean_firewall: {
        web: {
          name: 'small-web',
          tags: ['${digitalocean_tag.web.id}'],
          inbound_rule: [
            { protocol: 'tcp', port_range: '80', source_addresses: ['::/0', '0.0.0.0/0'] },
            { protocol: 'icmp', source_tags: ['${digitalocean_tag.database.id}'] },
          ],
          outbound_rule: [{ protocol: 'udp', port_range: 'all', destination_addresses: ['0.0.0.0/0'] }],
        },
      },
      digitalocean_monitor_alert: {
        cpu: {
          type: 'v1/insights/droplet/cpu',
          description: 'busy',
          compare: 'GreaterThan',
          value: 85,
          window: '5m',
          tags: ['${digitalocean_tag.web.id}'],
          alerts: { email: ['ops@example.org'] },
        },
      },
      digitalocean_uptime_check: {
        site: { name: 'site', target: 'http://example.org/', type: 'http', regions: ['us_east', 'eu_west'] },
      },
      digitalocean_uptime_alert: {
        down: {
          name: 'down',
          check_id: '${digitalocean_uptime_check.site.id}',
          type: 'down',
          period: '2m',
          notifications: [{ email: ['ops@example.org'] }],
        },
      },
    },
    output: {
      address: { value: '${digitalocean_reserved_ip.main.ip_address}' },
      web: {
        value: { '${digitalocean_droplet.web-1.name}': ['${digitalocean_droplet.web-1.ipv4_address}'] },
      },
    },
  };
}

function droplet(name: string): Json {
  return {
    name,
    region: 'nyc3',
    size: 's-1vcpu-1gb',
    image: 'debian-13-x64',
    vpc_uuid: '${digitalocean_vpc.main.id}',
    monitoring: true,
    droplet_agent: false,
    ssh_keys: [],
    timeouts: { delete: '10m' },
  };
}

function address(name: string, value: string): Json {
  return { domain: '${digitalocean_domain.zone.id}', type: 'A', name, ttl: 30, value };
}
