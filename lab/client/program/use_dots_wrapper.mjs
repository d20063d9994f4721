import { createApiClient } from 'dots-wrapper';
import { attempt, DROPLET, equal, token, until, url } from './checks.mjs';

const client = createApiClient({ token, endpoint: `${url}/v2` });
equal('account', (await client.account.getAccount()).data.account.status, 'active');
const { droplet } = (await client.droplet.createDroplet({ ...DROPLET, tags: ['web'], ipv6: true })).data;
const one = async () => (await client.droplet.getDroplet({ droplet_id: droplet.id })).data.droplet;
await until('the droplet is active', async () => (await one()).status === 'active');
equal('droplets', (await client.droplet.listDroplets({ tag_name: 'web' })).data.droplets.length, 1);
await attempt('power_on of what is on', () => client.droplet.powerOnDroplet({ droplet_id: droplet.id }));
await until('nothing runs', async () => !(await one()).locked);
const { volume } = (
  await client.volume.createVolume({ name: 'v', region: 'nyc3', size_gigabytes: 10, description: 'd' })
).data;
await attempt('attach', () =>
  client.volume.attachVolumeToDroplet({ volume_id: volume.id, droplet_id: droplet.id, region: 'nyc3' }),
);
await until('the volume is there', async () => (await one()).volume_ids.includes(volume.id));
const rule = { protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0'] } };
await attempt('firewall', () =>
  client.firewall.createFirewall({
    ...{ name: 'fw', droplet_ids: [droplet.id], tags: [], inbound_rules: [rule], outbound_rules: [] },
  }),
);
await attempt('domain', () => client.domain.createDomain({ name: 'example.test', ip_address: '192.0.2.1' }));
await attempt('record', () =>
  client.domain.createDomainRecord({ domain_name: 'example.test', type: 'A', name: 'www', data: '192.0.2.1' }),
);
equal(
  'records',
  (await client.domain.listDomainRecords({ domain_name: 'example.test' })).data.domain_records.length,
  6,
);
await attempt('project', () =>
  client.project.createProject({ name: 'p', purpose: 'IoT', description: 'd', environment: 'Development' }),
);
await attempt('vpc', () => client.vpc.createVpc({ name: 'net', region: 'nyc3' }));
await attempt('images', () => client.image.listImages({ type: 'distribution' }));
await attempt('the end', () => client.droplet.deleteDroplet({ droplet_id: droplet.id }));
