import wrapper from 'do-wrapper';
import { attempt, DROPLET, equal, token, until, url } from './checks.mjs';

const client = new wrapper.default(token);
client.account.requestHelper.apiUrl = `${url}/v2/`;
equal('account', (await client.account.get()).account.status, 'active');
const { droplet } = await client.droplets.create({ ...DROPLET, tags: ['web'] });
const one = async () => (await client.droplets.getById(droplet.id)).droplet;
await until('the droplet is active', async () => (await one()).status === 'active');
await attempt('power_on of what is on', () => client.droplets.requestAction(droplet.id, { type: 'power_on' }));
await until('nothing runs', async () => !(await one()).locked);
equal('droplets', (await client.droplets.getAll('web')).droplets.length, 1);
await attempt('domain', () => client.domains.create({ name: 'example.test', ip_address: '192.0.2.1' }));
await attempt('record', () =>
  client.domains.createRecord('example.test', { type: 'A', name: 'www', data: '192.0.2.1' }),
);
await attempt('volume', () => client.volumes.create({ name: 'v', region: 'nyc3', size_gigabytes: 10 }));
await attempt('tag', () => client.tags.create('more'));
await attempt('the end', () => client.droplets.deleteById(droplet.id));
