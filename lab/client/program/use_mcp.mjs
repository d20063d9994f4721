// A program that calls what DigitalOcean's MCP server has for the areas that the API emulates, as an assistant would.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { equal, token, until, url } from './checks.mjs';

const services = 'accounts,droplets,networking,volumes,spaces,insights,databases,marketplace';
const server = spawn('node', ['node_modules/@digitalocean/mcp/index.js', '--services', services], {
  stdio: ['pipe', 'pipe', 'ignore'],
  env: { ...process.env, DIGITALOCEAN_API_TOKEN: token, DIGITALOCEAN_API_ENDPOINT: url },
});
const waiting = new Map();
createInterface(server.stdout).on('line', (line) => {
  const { id, result, error } = JSON.parse(line);
  waiting.get(id)?.(result ?? { isError: true, content: [{ text: error?.message }] });
});
let last = 0;
const say = (message) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const ask = (method, params) =>
  new Promise((resolve) => {
    waiting.set(++last, resolve);
    say({ id: last, method, params });
  });

/** What a tool answers: JSON, or a sentence. */
async function tool(name, parameters = {}) {
  const { isError, content } = await ask('tools/call', { name, arguments: parameters });
  const text = content[0]?.text ?? '';
  if (isError) console.log(`differs: ${name}: ${text.replaceAll('\n', ' ').slice(0, 200)}`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const clientInfo = { name: 'test', version: '1' };
await ask('initialize', { protocolVersion: '2025-03-26', capabilities: {}, clientInfo });
say({ method: 'notifications/initialized' });

equal('account', (await tool('account-get-information')).status, 'active');
for (const name of ['balance-get', 'billing-history-list', 'invoice-list', 'region-list', 'size-list', 'image-list'])
  await tool(name);
await tool('marketplace-1-click-list', { Type: 'droplet' });
await tool('db-cluster-list-options');
const PublicKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} me`;
const key = await tool('key-create', { Name: 'k', PublicKey });
await tool('key-get', { ID: key.id });

const where = { Region: 'nyc3' };
const what = { Name: 'web-1', Size: 's-1vcpu-1gb', ImageSlug: 'ubuntu-24-04-x64', Tags: ['web'], SSHKeys: [key.id] };
const made = await tool('droplet-create', { ...where, ...what, Monitoring: true });
const ID = (made.droplet ?? made).id;
const isIdle = async () => {
  const { status, locked } = await tool('droplet-get', { ID });
  return status !== 'new' && !locked;
};
await until('the droplet is active', isIdle);
for (const [name, more] of Object.entries({
  'snapshot-droplet': { Name: 's' },
  'power-off-droplet': {},
  'resize-droplet': { Size: 's-2vcpu-2gb', ResizeDisk: false },
  'power-on-droplet': {},
  'reboot-droplet': {},
  'rename-droplet': { Name: 'web-2' },
  'enable-backups-droplet': {},
  'disable-backups-droplet': {},
})) {
  const action = await tool(name, { ID, ...more });
  await until(`${name} is done`, async () => (await tool('action-get', { ID: action.id })).status === 'completed');
}
equal('name', (await tool('droplet-get', { ID })).name, 'web-2');
await tool('droplet-kernels', { ID });
await tool('action-list');

const volume = await tool('volume-create', { ...where, Name: 'v', SizeGigaBytes: 10, FilesystemType: 'ext4' });
const VolumeID = volume.id;
await tool('volume-attach', { VolumeID, DropletID: ID });
await until('nothing runs', isIdle);
equal('droplets of the volume', (await tool('volume-get', { ID: VolumeID })).droplet_ids, [ID]);
await tool('volume-resize', { ...where, VolumeID, SizeGigaBytes: 20 });
await until('it has grown', async () => (await tool('volume-get', { ID: VolumeID })).size_gigabytes === 20);
const snapshot = await tool('volume-snapshot-create', { VolumeID, Name: 's' });
await tool('volume-snapshot-list', { VolumeID });
await tool('volume-action-list', { VolumeID });
await tool('volume-snapshot-delete', { ID: snapshot.id });
await tool('volume-detach', { VolumeID, DropletID: ID });
await until('nothing runs', isIdle);
await tool('volume-delete', { ID: VolumeID });

const { ip: IP } = await tool('reserved-ip-reserve', { ...where, Type: 'ipv4' });
const address = { IP, Type: 'ipv4' };
await tool('reserved-ip-assign', { ...address, DropletID: ID });
await until('it is assigned', async () => (await tool('reserved-ip-get', { IP })).droplet?.id === ID);
await tool('reserved-ip-unassign', address);
await until('it is free', async () => !(await tool('reserved-ip-get', { IP })).droplet);
await tool('reserved-ip-release', address);
await tool('reserved-ip-list', { Type: 'ipv4' });

const inbound = { InboundProtocol: 'tcp', InboundPortRange: '80', InboundSource: '0.0.0.0/0' };
const outbound = { OutboundProtocol: 'tcp', OutboundPortRange: '443', OutboundDestination: '0.0.0.0/0' };
const firewall = await tool('firewall-create', { Name: 'fw', ...inbound, ...outbound, Tags: ['web'] });
await tool('firewall-add-droplets', { ID: firewall.id, DropletIDs: [ID] });
await tool('firewall-add-tags', { ID: firewall.id, Tags: ['web'] });
await tool('firewall-delete', { ID: firewall.id });
await tool('domain-create', { Name: 'example.test', IPAddress: '192.0.2.1' });
const record = { Domain: 'example.test', Type: 'A', Name: 'www', Data: '192.0.2.1' };
const { id: RecordID } = await tool('domain-record-create', record);
await tool('domain-record-edit', { ...record, RecordID, Data: '192.0.2.2' });
await tool('domain-record-list', { Domain: 'example.test' });
await tool('lets-encrypt-certificate-create', { Name: 'c', DnsNames: ['example.test'] });
await tool('certificate-list');
await tool('domain-delete', { Name: 'example.test' });
const vpcs = [];
for (const Name of ['one', 'two']) vpcs.push(await tool('vpc-create', { ...where, Name }));
const peering = await tool('vpc-peering-create', { Name: 'p', Vpc1: vpcs[0].id, Vpc2: vpcs[1].id });
await until('it is active', async () => (await tool('vpc-peering-get', { ID: peering.id })).status === 'ACTIVE');
await tool('vpc-peering-delete', { ID: peering.id });
await tool('vpc-list-members', { ID: vpcs[0].id });

const rule = { EntryProtocol: 'http', EntryPort: 80, TargetProtocol: 'http', TargetPort: 80 };
const balancer = await tool('lb-create', { ...where, Name: 'lb', DropletIDs: [ID], ForwardingRules: [rule] });
await tool('lb-get', { LoadBalancerID: balancer.id });
await tool('lb-remove-droplets', { LoadBalancerID: balancer.id, DropletIDs: [ID] });
await tool('lb-delete', { LoadBalancerID: balancer.id });

const alert = { Type: 'v1/insights/droplet/cpu', Description: 'd', Compare: 'GreaterThan', Value: 80, Window: '5m' };
const policy = await tool('alert-policy-create', { ...alert, Alerts: { Email: ['a@example.test'] }, Enabled: true });
await tool('alert-policy-get', { UUID: policy.uuid });
const check = { Name: 'c', Type: 'https', Target: 'https://example.test', Regions: ['us_east'], Enabled: true };
const { id: CheckID } = await tool('uptimecheck-create', check);
await tool('uptimecheck-get-state', { ID: CheckID });
const { access_key: AccessKey } = await tool('spaces-key-create', { Name: 'k' });
await tool('spaces-key-delete', { AccessKey });
const cluster = await tool('db-cluster-create', {
  ...{ name: 'database', engine: 'mysql', version: '8', region: 'nyc3', size: 'db-s-1vcpu-1gb', num_nodes: 1 },
});
await tool('db-cluster-create-user', { id: cluster.id, name: 'app' });
await tool('db-cluster-list-users', { id: cluster.id });
await tool('db-cluster-get-ca', { id: cluster.id });
await tool('db-cluster-delete', { id: cluster.id });
await tool('droplet-delete', { ID });
server.kill();
