import { droplet, type Lab } from './client';
import { databaseWorld } from './world-database';
import type { GoodCall } from './world-part';
import { registryWorld } from './world-registry';
import { trafficWorld } from './world-traffic';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI';
const key = (letter: string) => `${KEY}${letter.repeat(43)} me`;
const slack = [{ channel: '#ops', url: 'https://hooks.example.test/x' }];
const POLICY = {
  type: 'v1/insights/droplet/cpu',
  description: 'busy',
  compare: 'GreaterThan',
  value: 90,
  window: '5m',
  alerts: { email: ['ops@example.test'], slack },
  entities: ['1'],
  tags: ['t'],
  enabled: true,
};
const CHECK = {
  name: 'site',
  type: 'https',
  target: 'https://example.test/',
  regions: ['us_east'],
  enabled: true,
};
const ALERT = {
  name: 'slow',
  type: 'latency',
  threshold: 300,
  comparison: 'greater_than',
  notifications: { email: ['ops@example.test'], slack },
  period: '2m',
};
const inbound_rules = [
  { protocol: 'tcp', ports: '443', sources: { addresses: ['192.0.2.0/24'], tags: ['t'] } },
];
const outbound_rules = [{ protocol: 'icmp', destinations: { addresses: ['0.0.0.0/0', '::/0'] } }];

/** An account with one of each thing, and for each call that takes a body one that would be accepted. */
export async function world(lab: Lab): Promise<ReadonlyMap<string, GoodCall>> {
  const made = async (path: string, body: object) => (await lab.call('POST', path, body)).body;
  await made('/v2/tags', { name: 't' });
  const [id = 0, other = 0] = await lab.droplets('a', 'b');
  const vpc = (await made('/v2/vpcs', { name: 'net', region: 'fra1' })).vpc.id;
  const volume = (await made('/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 })).volume.id;
  const ip = (await made('/v2/reserved_ips', { region: 'fra1' })).reserved_ip.ip;
  const firewall = (await made('/v2/firewalls', { name: 'fw', inbound_rules, outbound_rules })).firewall.id;
  await made('/v2/domains', { name: 'a.test' });
  const record = (await made('/v2/domains/a.test/records', { type: 'A', name: 'w', data: '192.0.2.1' }))
    .domain_record.id;
  const policy = (await made('/v2/monitoring/alerts', POLICY)).policy.uuid;
  const check = (await made('/v2/uptime/checks', CHECK)).check.id;
  const alert = (await made(`/v2/uptime/checks/${check}/alerts`, ALERT)).alert.id;
  const project = (await made('/v2/projects', { name: 'p', purpose: 'IoT' })).project.id;
  const grants = [{ bucket: 'b', permission: 'read' }];
  const spacesKey = (await made('/v2/spaces/keys', { name: 'k', grants })).key.access_key;
  const sshKey = (await made('/v2/account/keys', { name: 'k', public_key: key('A') })).ssh_key.id;
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'snapshot', name: 's' });
  const image = (await lab.call('GET', '/v2/snapshots')).body.snapshots[0].id;

  const parts = [
    await trafficWorld(lab, made, id, sshKey),
    await databaseWorld(made),
    await registryWorld(lab),
  ];
  const byParameter: Readonly<Record<string, string | number>> = {
    droplet_id: id,
    vpc_id: vpc,
    volume_id: volume,
    reserved_ip: ip,
    floating_ip: ip,
    firewall_id: firewall,
    domain_name: 'a.test',
    domain_record_id: record,
    alert_uuid: policy,
    check_id: check,
    alert_id: alert,
    project_id: project,
    ssh_key_identifier: sshKey,
    access_key: spacesKey,
    image_id: image,
    tag_id: 't',
    ...Object.assign({}, ...parts.map(({ parameters }) => parameters)),
  };
  const resources = [{ resource_id: String(id), resource_type: 'droplet' }];
  const urns = { resources: [`do:droplet:${id}`] };
  const details = { description: 'd', purpose: 'IoT', environment: 'Staging', is_default: false };
  const bodies: Readonly<Record<string, GoodCall['body']>> = {
    'POST /v2/account/keys': { name: 'k2', public_key: key('B') },
    'PUT /v2/account/keys/:ssh_key_identifier': { name: 'k3' },
    'POST /v2/spaces/keys': { name: 'k4', grants },
    'PUT /v2/spaces/keys/:access_key': { name: 'k5', grants },
    'PATCH /v2/spaces/keys/:access_key': { name: 'k6', grants },
    'POST /v2/images': { name: 'i', url: 'https://example.test/i.img', region: 'fra1', tags: ['t'] },
    'PUT /v2/images/:image_id': { name: 'i', description: 'd', distribution: 'Debian' },
    'POST /v2/images/:image_id/actions': { type: 'transfer', region: 'nyc3' },
    'POST /v2/vpcs': { name: 'n2', description: 'd', region: 'nyc3', ip_range: '10.55.0.0/20' },
    'PUT /v2/vpcs/:vpc_id': { name: 'n3', description: 'd', default: true },
    'PATCH /v2/vpcs/:vpc_id': { name: 'n4', description: 'd', default: true },
    'POST /v2/droplets': {
      ...droplet({ name: 'c', ssh_keys: [sshKey], tags: ['t'], volumes: [volume], vpc_uuid: vpc }),
      ...{ backups: true, backup_policy: { plan: 'weekly', weekday: 'SUN', hour: 4 }, ipv6: true },
      ...{ monitoring: true, user_data: '#cloud-config\n', private_networking: false },
      ...{ with_droplet_agent: false, public_networking: true },
    },
    'POST /v2/droplets/:droplet_id/actions': { type: 'rename', name: 'd', disk: true, size: 's', image: 1 },
    'POST /v2/droplets/actions': { type: 'enable_backups', backup_policy: { plan: 'daily', hour: 8 } },
    'DELETE /v2/droplets/:droplet_id/destroy_with_associated_resources/selective': { snapshots: [image] },
    'POST /v2/tags': { name: 't2', resources: { count: 0 } },
    'POST /v2/tags/:tag_id/resources': { resources },
    'DELETE /v2/tags/:tag_id/resources': { resources },
    'POST /v2/volumes': {
      ...{ name: 'v2', description: 'd', region: 'fra1', size_gigabytes: 1, tags: ['t'] },
      ...{ filesystem_type: 'ext4', filesystem_label: 'l' },
    },
    'POST /v2/volumes/:volume_id/snapshots': { name: 's', tags: ['t'] },
    'POST /v2/volumes/:volume_id/actions': { type: 'attach', droplet_id: id, region: 'fra1' },
    'POST /v2/volumes/actions': { type: 'attach', volume_name: 'v', droplet_id: id, region: 'fra1' },
    'POST /v2/reserved_ips': { region: 'fra1', project_id: project },
    'POST /v2/floating_ips': { droplet_id: other, project_id: project },
    'POST /v2/reserved_ips/:reserved_ip/actions': { type: 'assign', droplet_id: id },
    'POST /v2/floating_ips/:floating_ip/actions': { type: 'assign', droplet_id: id },
    'POST /v2/firewalls': { name: 'f2', droplet_ids: [id], tags: ['t'], inbound_rules, outbound_rules },
    'PUT /v2/firewalls/:firewall_id': { name: 'f3', droplet_ids: [id], inbound_rules, outbound_rules },
    'POST /v2/firewalls/:firewall_id/droplets': { droplet_ids: [id] },
    'DELETE /v2/firewalls/:firewall_id/droplets': { droplet_ids: [id] },
    'POST /v2/firewalls/:firewall_id/tags': { tags: ['t'] },
    'DELETE /v2/firewalls/:firewall_id/tags': { tags: ['t'] },
    'POST /v2/firewalls/:firewall_id/rules': { inbound_rules, outbound_rules },
    'DELETE /v2/firewalls/:firewall_id/rules': { inbound_rules },
    'POST /v2/domains': { name: 'b.test', ip_address: '192.0.2.1', ttl: 60 },
    'POST /v2/domains/:domain_name/records': {
      ...{ type: 'SRV', name: '_a._tcp', data: 'w.a.test.', priority: 1, weight: 2, port: 3, ttl: 60 },
    },
    'PUT /v2/domains/:domain_name/records/:domain_record_id': { type: 'A', name: 'x', data: '192.0.2.2' },
    'PATCH /v2/domains/:domain_name/records/:domain_record_id': { data: '192.0.2.3', ttl: 90 },
    'POST /v2/monitoring/alerts': POLICY,
    'PUT /v2/monitoring/alerts/:alert_uuid': POLICY,
    'POST /v2/uptime/checks': CHECK,
    'PUT /v2/uptime/checks/:check_id': CHECK,
    'POST /v2/uptime/checks/:check_id/alerts': ALERT,
    'PUT /v2/uptime/checks/:check_id/alerts/:alert_id': ALERT,
    'POST /v2/projects': { name: 'p2', description: 'd', purpose: 'IoT', environment: 'Staging' },
    'PUT /v2/projects/default': { name: 'p3', ...details },
    'PATCH /v2/projects/default': { name: 'p4', ...details },
    'PUT /v2/projects/:project_id': { name: 'p5', ...details },
    'PATCH /v2/projects/:project_id': { name: 'p6', ...details },
    'POST /v2/projects/default/resources': urns,
    'POST /v2/projects/:project_id/resources': urns,
    ...Object.assign({}, ...parts.map((part) => part.bodies)),
  };
  const pathOf = (call: string) => {
    const path = call.slice(call.indexOf(' ') + 1);
    const own = parts.find(({ of }) => of?.[call])?.of?.[call];
    const filled = path.replace(/:(\w+)/g, (_, name) => String(own?.[name] ?? byParameter[name]));
    return filled === '/v2/droplets/actions' ? `${filled}?tag_name=t` : filled;
  };
  return new Map(Object.entries(bodies).map(([call, body]) => [call, { path: pathOf(call), body }]));
}
