import { recordsOnly } from '../server/records-only';
import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const reserve = async (region_slug = 'fra1') =>
  (await lab.call('POST', '/v2/reserved_ipv6', { region_slug })).body.reserved_ipv6.ip as string;
const holder = async (ip: string) =>
  (await lab.call('GET', `/v2/reserved_ipv6/${ip}`)).body.reserved_ipv6.droplet?.id ?? null;
const make = async (more: object = {}) => {
  const { id } = (await lab.call('POST', '/v2/droplets', droplet({ ipv6: true, ...more }))).body.droplet;
  await lab.until(`/v2/droplets/${id}`, (body) => !body.droplet.locked);
  return id as number;
};
const refusal = async (ip: string, body: object) =>
  (await lab.call('POST', `/v2/reserved_ipv6/${ip}/actions`, body)).body.message;

test('an address is assigned to a droplet with IPv6, moves to another, and is released', async () => {
  const [a, b] = [await make(), await make()];
  const ip = await reserve();
  const path = `/v2/reserved_ipv6/${ip}`;
  const { status, body } = await lab.call('POST', `${path}/actions`, { type: 'assign', droplet_id: a });
  expect([status, body.action]).toMatchObject([
    201,
    { type: 'assign_ip', status: 'in-progress', resource_type: 'reserved_ipv6', resource_id: a },
  ]);
  await lab.until(`/v2/actions/${body.action.id}`, ({ action }) => action.status === 'completed');
  expect(await holder(ip)).toBe(a);
  await lab.act(`${path}/actions`, { type: 'assign', droplet_id: b });
  expect(await holder(ip)).toBe(b);
  const refused = await lab.call('DELETE', path);
  expect([refused.status, refused.body.message]).toEqual([400, 'assigned FLIP cannot be released']);
  await lab.act(`${path}/actions`, { type: 'unassign' });
  expect((await lab.call('GET', '/v2/reserved_ipv6')).body.reserved_ipv6s).toMatchObject([
    { ip, region_slug: 'fra1', droplet: null },
  ]);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('GET', path)).status).toBe(404);
});

test('a droplet elsewhere, without IPv6, or with such an address already gets none', async () => {
  const ip = await reserve();
  const assign = (droplet_id?: number) => refusal(ip, { type: 'assign', droplet_id });
  expect(await assign()).toBe('droplet_id is required.');
  expect(await assign(1)).toBe('The resource you requested could not be found.');
  expect(await assign(await make({ region: 'nyc3' }))).toMatch(/same region/);
  expect(await assign(await make({ ipv6: false }))).toBe('The Droplet has no IPv6: enable it first.');
  expect(await refusal(ip, { type: 'unassign' })).toMatch(/not assigned/);
  const id = await make();
  await lab.act(`/v2/reserved_ipv6/${await reserve()}/actions`, { type: 'assign', droplet_id: id });
  expect(await assign(id)).toMatch(/already has/);
});

test('an address whose droplet is gone is free', async () => {
  const id = await make();
  const ip = await reserve();
  await lab.act(`/v2/reserved_ipv6/${ip}/actions`, { type: 'assign', droplet_id: id });
  await lab.call('DELETE', `/v2/droplets/${id}`);
  await lab.until(`/v2/droplets/${id}`, (body) => body.id === 'not_found');
  expect(await holder(ip)).toBeNull();
  expect((await lab.call('DELETE', `/v2/reserved_ipv6/${ip}`)).status).toBe(204);
});

test('where droplets really run there is none', async () => {
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    const { status, body } = await booted.call('POST', '/v2/reserved_ipv6', { region_slug: 'fra1' });
    expect([status, body.message]).toEqual([
      501,
      'A Reserved IPv6, where Droplets really run, is not emulated by the lab.',
    ]);
  } finally {
    await booted.close();
  }
});
