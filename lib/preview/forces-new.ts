/** Attributes that can't change: another value makes another resource. As the provider of lib/versions.ts has them. */
const FORCES_NEW: Readonly<Record<string, readonly string[]>> = {
  digitalocean_droplet: [
    ...['image', 'region', 'ssh_keys', 'user_data', 'monitoring', 'droplet_agent', 'vpc_uuid', 'ipv6'],
  ],
  digitalocean_volume: ['name', 'region', 'description', 'snapshot_id', 'initial_filesystem_type'],
  digitalocean_reserved_ip: ['region'],
  digitalocean_vpc: ['region', 'ip_range'],
  digitalocean_domain: ['name', 'ip_address'],
  digitalocean_record: ['type', 'domain'],
  digitalocean_tag: ['name'],
  digitalocean_spaces_bucket: ['name', 'region'],
  digitalocean_uptime_alert: ['check_id'],
  terraform_data: ['triggers_replace'],
};

/** What these make is made from all that they are given. */
const WHOLE = [
  'random_password',
  'tls_private_key',
  'tls_cert_request',
  'tls_self_signed_cert',
  'tls_locally_signed_cert',
];

export function forcesNew(type: string, attribute: string): boolean {
  return WHOLE.includes(type) || (FORCES_NEW[type]?.includes(attribute) ?? false);
}
