import { DROPLETS } from '../droplet/stored-droplet';
import { droplet, type Lab, start } from '../testing/client';
import { VPCS } from './stored-vpc';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const vpc = (more: object = {}) => lab.call('POST', '/v2/vpcs', { name: 'v', region: 'fra1', ...more });

describe('a VPC', () => {
  test('is created, renamed, listed with its members, and deleted when empty', async () => {
    const { status, body } = await vpc({ ip_range: '10.20.0.0/20' });
    expect([status, body.vpc.ip_range, body.vpc.default]).toEqual([201, '10.20.0.0/20', false]);
    const path = `/v2/vpcs/${body.vpc.id}`;
    expect((await lab.call('PATCH', path, { description: 'd' })).body.vpc).toMatchObject({
      name: 'v',
      description: 'd',
    });
    expect((await lab.call('PUT', path, { name: 'w' })).body.vpc).toMatchObject({
      name: 'w',
      description: '',
    });
    const { body: made } = await lab.call('POST', '/v2/droplets', droplet({ vpc_uuid: body.vpc.id }));
    await lab.until(`/v2/droplets/${made.droplet.id}`, ({ droplet }) => !droplet.locked);
    const { body: members } = await lab.call('GET', `${path}/members`);
    expect(members.members).toEqual([
      { name: 'web-1', urn: `do:droplet:${made.droplet.id}`, created_at: expect.any(String) },
    ]);
    const refused = await lab.call('DELETE', path);
    expect([refused.status, refused.body.message]).toEqual([403, 'Can not delete VPC with members']);
    await lab.call('DELETE', `/v2/droplets/${made.droplet.id}`);
    await lab.until(`${path}/members`, ({ meta }) => meta.total === 0);
    expect((await lab.call('DELETE', path)).status).toBe(204);
  });

  test("for droplets without one is their region's default, which can't be deleted", async () => {
    await lab.droplets('a');
    const { droplets } = (await lab.call('GET', '/v2/droplets')).body;
    const path = `/v2/vpcs/${droplets[0].vpc_uuid}`;
    const { body } = await lab.call('GET', path);
    expect(body.vpc).toMatchObject({ name: 'default-fra1', default: true });
    expect((await lab.call('DELETE', path)).status).toBe(403);
  });

  test.each([
    ['not a range', 'fish'],
    ['an address inside a network', '10.1.2.3/20'],
    ['public', '8.8.0.0/20'],
    ['too wide', '10.0.0.0/8'],
    ['too narrow', '10.1.0.0/29'],
    ['kept by DigitalOcean', '10.244.0.0/20'],
    ['in use by another', '10.20.8.0/24'],
  ])('with a range that is %s is refused', async (_, ip_range) => {
    await vpc({ name: 'first', ip_range: '10.20.0.0/20' });
    const before = lab.cloud.of(VPCS).size;
    expect((await vpc({ ip_range })).status).toBe(422);
    expect(lab.cloud.of(VPCS).size).toBe(before);
  });
});

test('a VPC gives out each of its addresses once, and again what was given back', async () => {
  const { body: net } = await lab.call('POST', '/v2/vpcs', {
    name: 'tiny',
    region: 'fra1',
    ip_range: '10.60.0.0/28',
  });
  const create = (name: string) => lab.call('POST', '/v2/droplets', droplet({ name, vpc_uuid: net.vpc.id }));
  for (let n = 0; n < 13; n++) expect((await create(`d-${n}`)).status).toBe(202);
  const addresses = () =>
    lab.cloud
      .of(DROPLETS)
      .values()
      .map(({ privateIp }) => privateIp);
  expect([...new Set(addresses())].length).toBe(13);
  expect(addresses().every((ip) => Number(ip.split('.')[3]) >= 2 && Number(ip.split('.')[3]) <= 14)).toBe(
    true,
  );
  const full = await create('one-too-many');
  expect([full.status, full.body.message]).toEqual([422, 'There is no free address left in 10.60.0.0/28.']);
  const gone = lab.cloud.of(DROPLETS).values()[5];
  await lab.until(`/v2/droplets/${gone?.id}`, ({ droplet }) => !droplet.locked);
  await lab.call('DELETE', `/v2/droplets/${gone?.id}`);
  await lab.until(`/v2/droplets/${gone?.id}`, ({ id }) => id === 'not_found');
  expect((await create('again')).status).toBe(202);
  expect(addresses().at(-1)).toBe(gone?.privateIp);
});
