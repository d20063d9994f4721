import { type Lab, start, TOKEN } from '../testing/client';

let lab: Lab;
let key: string;
beforeEach(async () => {
  lab = await start();
  const public_key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} me`;
  key = String((await lab.call('POST', '/v2/account/keys', { name: 'k', public_key })).body.ssh_key.id);
});
afterEach(() => lab.close());

const body = (config: object, template: object = {}) => ({
  ...{ name: 'pool', config },
  droplet_template: {
    ...{ name: 'web', region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-13-x64', ssh_keys: [key] },
    ...template,
  },
});
const path = '/v2/droplets/autoscale';
const create = async (config: object) =>
  (await lab.call('POST', path, body(config))).body.autoscale_pool.id as string;
const full = (id: string, count: number) =>
  lab.until(`${path}/${id}`, ({ autoscale_pool }) => autoscale_pool.active_resources_count === count);
const members = async (id: string) =>
  (await lab.call('GET', `${path}/${id}/members`)).body.droplets.map(
    (one: { droplet_id: number }) => one.droplet_id,
  );

test('a pool makes the droplets of its template, and says of each how it is', async () => {
  const id = await create({ target_number_instances: 2 });
  await full(id, 2);
  const { droplet_template } = (await lab.call('GET', `${path}/${id}`)).body.autoscale_pool;
  expect(droplet_template).toMatchObject({ public_networking: true });
  const { droplets } = (await lab.call('GET', '/v2/droplets')).body;
  expect(droplets.map((one: { name: string }) => /^web-[0-9a-f]{8}$/.test(one.name))).toEqual([true, true]);
  const [first] = await members(id);
  lab.health.set(first, false);
  const shown = (await lab.call('GET', `${path}/${id}/members`)).body.droplets;
  expect(shown).toMatchObject([
    { droplet_id: first, health_status: 'unhealthy', status: 'active' },
    { health_status: 'healthy', status: 'active' },
  ]);
});

test('a change makes more droplets, destroys the newest, and replaces those that are gone', async () => {
  const id = await create({ min_instances: 2, max_instances: 4 });
  await full(id, 2);
  const [first, second] = await members(id);
  const change = (config: object) => lab.call('PUT', `${path}/${id}`, body(config));
  expect((await change({ target_number_instances: 1 })).status).toBe(200);
  await lab.until(`/v2/droplets/${second}`, (one) => one.id === 'not_found');
  expect(await members(id)).toEqual([first]);
  await lab.call('DELETE', `/v2/droplets/${first}`);
  await lab.until(`/v2/droplets/${first}`, (one) => one.id === 'not_found');
  await change({ target_number_instances: 3 });
  await full(id, 3);
  const { history } = (await lab.call('GET', `${path}/${id}/history`)).body;
  expect(history.map((one: { desired_instance_count: number }) => one.desired_instance_count)).toEqual([
    3, 1, 2,
  ]);
});

test('a pool goes with its droplets, or without', async () => {
  const [kept, gone] = [
    await create({ target_number_instances: 1 }),
    await create({ target_number_instances: 1 }),
  ];
  await full(kept, 1);
  await full(gone, 1);
  const [[stays], [goes]] = [await members(kept), await members(gone)];
  expect((await lab.call('DELETE', `${path}/${kept}`)).status).toBe(202);
  expect((await lab.call('DELETE', `${path}/${gone}/dangerous`)).status).toBe(400);
  const headers = { authorization: `Bearer ${TOKEN}`, 'x-dangerous': 'true' };
  const all = await fetch(`${lab.url}${path}/${gone}/dangerous`, { method: 'DELETE', headers });
  expect(all.status).toBe(202);
  const { status, body: none } = await lab.call('GET', `${path}/${gone}`);
  expect([status, none.message]).toEqual([404, `autoscale group with id ${gone} not found`]);
  await lab.until(`/v2/droplets/${goes}`, (one) => one.id === 'not_found');
  expect((await lab.call('GET', `/v2/droplets/${stays}`)).status).toBe(200);
});

test('a pool that says not how many, or whose droplets can not be made, is refused', async () => {
  const refusal = async (config: object, template?: object) =>
    (await lab.call('POST', path, body(config, template))).body.message;
  const how = 'Give target_number_instances, or min_instances and max_instances.';
  expect(await refusal({})).toBe(how);
  expect(await refusal({ min_instances: 1 })).toBe(how);
  expect(await refusal({ min_instances: 1, max_instances: 2, target_number_instances: 1 })).toBe(how);
  expect(await refusal({ min_instances: 3, max_instances: 2 })).toMatch(/at most/);
  expect(await refusal({ target_number_instances: 1 }, { size: 'x' })).toMatch(/invalid size/);
  expect((await lab.call('GET', '/v2/droplets')).body.droplets).toEqual([]);
});
