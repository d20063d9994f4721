import { recordsOnly } from '../server/records-only';
import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const network = async (name: string, region = 'fra1') =>
  (await lab.call('POST', '/v2/vpcs', { name, region })).body.vpc.id as string;
const peer = (name: string, ...vpc_ids: string[]) => lab.call('POST', '/v2/vpc_peerings', { name, vpc_ids });

test('a peering comes into being, is renamed, holds its VPCs, and takes its time to go', async () => {
  const [a, b] = [await network('a'), await network('b', 'nyc3')];
  const { status, body } = await peer('ab', a, b);
  expect([status, body.vpc_peering]).toMatchObject([202, { vpc_ids: [a, b], status: 'PROVISIONING' }]);
  const path = `/v2/vpc_peerings/${body.vpc_peering.id}`;
  await lab.until(path, ({ vpc_peering }) => vpc_peering.status === 'ACTIVE');
  expect((await lab.call('PATCH', path, { name: 'ba' })).body.vpc_peering.name).toBe('ba');
  expect((await lab.call('GET', `/v2/vpcs/${b}/peerings`)).body.peerings).toMatchObject([{ name: 'ba' }]);
  const held = await lab.call('DELETE', `/v2/vpcs/${a}`);
  expect([held.status, held.body.message]).toEqual([403, 'Can not delete VPC with peerings']);
  const gone = await lab.call('DELETE', path);
  expect([gone.status, gone.body.vpc_peering.status]).toEqual([202, 'DELETING']);
  await lab.until(path, ({ id }) => id === 'not_found');
  expect((await lab.call('DELETE', `/v2/vpcs/${a}`)).status).toBe(204);
});

test('a peering can be made and renamed from one of its VPCs, and from no other', async () => {
  const [a, b, c] = [await network('a'), await network('b'), await network('c')];
  const { status, body } = await lab.call('POST', `/v2/vpcs/${a}/peerings`, { name: 'ab', vpc_id: b });
  expect([status, body.peering.vpc_ids]).toEqual([202, [a, b]]);
  const rename = (vpc: string) =>
    lab.call('PATCH', `/v2/vpcs/${vpc}/peerings/${body.peering.id}`, { name: 'x' });
  expect((await rename(b)).body.peering.name).toBe('x');
  expect((await rename(c)).status).toBe(404);
});

test('a VPC is peered with another one, once', async () => {
  const [a, b] = [await network('a'), await network('b')];
  expect((await peer('x', a, a)).body.message).toBe('A VPC can not be peered with itself.');
  expect((await peer('x', a, 'y')).body.message).toBe('VPC y does not exist.');
  await peer('x', a, b);
  expect((await peer('y', b, a)).body.message).toBe('A peering between these VPCs already exists.');
});

test('where droplets really run there is none', async () => {
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    const body = { name: 'x', vpc_ids: ['a', 'b'] };
    expect((await booted.call('POST', '/v2/vpc_peerings', body)).body.message).toBe(
      'A VPC peering, where Droplets really run, is not emulated by the lab.',
    );
  } finally {
    await booted.close();
  }
});
