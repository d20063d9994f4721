import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const reserve = async () =>
  (await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' })).body.reserved_ip.ip as string;
const holder = async (ip: string) =>
  (await lab.call('GET', `/v2/reserved_ips/${ip}`)).body.reserved_ip.droplet?.id ?? null;
const assign = (ip: string, id: number | undefined) =>
  lab.act(`/v2/reserved_ips/${ip}/actions`, { type: 'assign', droplet_id: id });

test('an assign is an action that ends with the droplet holding the address', async () => {
  const [id] = await lab.droplets('a');
  const ip = await reserve();
  expect(await holder(ip)).toBeNull();
  const { status, body } = await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, {
    type: 'assign',
    droplet_id: id,
  });
  expect([status, body.action.type, body.action.status]).toEqual([201, 'assign_ip', 'in-progress']);
  const { project } = (await lab.call('GET', '/v2/projects/default')).body;
  expect(body.action.project_id).toBe(project.id);
  await lab.until(
    `/v2/reserved_ips/${ip}/actions/${body.action.id}`,
    ({ action }) => action.status === 'completed',
  );
  expect(await holder(ip)).toBe(id);
  expect((await lab.call('GET', '/v2/reserved_ips')).body.reserved_ips).toMatchObject([
    { ip, droplet: { id } },
  ]);
  expect((await lab.call('GET', `/v2/reserved_ips/${ip}/actions`)).body.meta.total).toBe(1);
});

test('an assign takes the address from the droplet that holds it', async () => {
  const [first, second] = await lab.droplets('a', 'b');
  const ip = await reserve();
  await assign(ip, first);
  await assign(ip, second);
  expect(await holder(ip)).toBe(second);
});

test('a droplet that has a Reserved IP is refused another, and the same one', async () => {
  const [id] = await lab.droplets('a');
  const [mine, other] = [await reserve(), await reserve()];
  await assign(mine, id);
  for (const ip of [mine, other]) {
    const { status, body } = await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, {
      type: 'assign',
      droplet_id: id,
    });
    expect([status, body.message]).toEqual([422, 'The Droplet already has a Reserved IP assigned to it.']);
  }
});

test('two addresses on their way to one droplet: the second is refused', async () => {
  const [id] = await lab.droplets('a');
  const [one, two] = [await reserve(), await reserve()];
  lab.fault({ call: 'POST /v2/reserved_ips/*/actions', kind: 'never-completes', times: 1 });
  const body = { type: 'assign', droplet_id: id };
  expect((await lab.call('POST', `/v2/reserved_ips/${one}/actions`, body)).status).toBe(201);
  expect((await lab.call('POST', `/v2/reserved_ips/${two}/actions`, body)).status).toBe(422);
});

test('an address with a pending event refuses the next one and its deletion', async () => {
  const [a, b] = await lab.droplets('a', 'b');
  const ip = await reserve();
  lab.fault({ call: 'POST /v2/reserved_ips/*/actions', kind: 'never-completes', times: 1 });
  await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, { type: 'assign', droplet_id: a });
  expect((await lab.call('GET', `/v2/reserved_ips/${ip}`)).body.reserved_ip.locked).toBe(true);
  const next = await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, { type: 'assign', droplet_id: b });
  expect([next.status, next.body.message]).toEqual([422, 'The floating IP already has a pending event.']);
  expect((await lab.call('DELETE', `/v2/reserved_ips/${ip}`)).status).toBe(422);
});

test('an address on its way to a droplet that is destroyed meanwhile gets nowhere', async () => {
  const [id] = await lab.droplets('a');
  const ip = await reserve();
  const mend = lab.fault({ call: 'POST /v2/reserved_ips/*/actions', kind: 'never-completes' });
  const { body } = await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, {
    type: 'assign',
    droplet_id: id,
  });
  await lab.call('DELETE', `/v2/droplets/${id}`);
  await lab.until(`/v2/droplets/${id}`, (gone) => gone.id === 'not_found');
  mend();
  await lab.until(`/v2/actions/${body.action.id}`, ({ action }) => action.status === 'errored');
  expect(await holder(ip)).toBeNull();
});

test('a droplet with a pending event of its own gets no address', async () => {
  const [id] = await lab.droplets('a');
  const ip = await reserve();
  lab.fault({ call: 'POST /v2/droplets/*/actions', kind: 'never-completes' });
  await lab.call('POST', `/v2/droplets/${id}/actions`, { type: 'reboot' });
  const { status, body } = await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, {
    type: 'assign',
    droplet_id: id,
  });
  expect([status, body.message]).toEqual([422, 'Droplet already has a pending event.']);
});

test('an address stays in its region', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/reserved_ips', { region: 'nyc3' });
  const path = `/v2/reserved_ips/${body.reserved_ip.ip}/actions`;
  expect((await lab.call('POST', path, { type: 'assign', droplet_id: id })).status).toBe(422);
  expect((await lab.call('POST', path, { type: 'assign', droplet_id: 1 })).status).toBe(404);
  expect((await lab.call('POST', path, { type: 'assign' })).status).toBe(422);
  expect((await lab.call('POST', path, { type: 'unassign' })).status).toBe(422);
});

test("an assigned address is the last of its droplet's public ones", async () => {
  const [id] = await lab.droplets('a');
  const networks = async () => (await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.networks.v4;
  const [own, open] = await networks();
  const ip = await reserve();
  await lab.act(`/v2/reserved_ips/${ip}/actions`, { type: 'assign', droplet_id: id });
  expect(await networks()).toEqual([own, open, { ...open, ip_address: ip }]);
  await lab.act(`/v2/reserved_ips/${ip}/actions`, { type: 'unassign' });
  expect(await networks()).toEqual([own, open]);
});

test('an address made for a droplet is assigned to it, unassigned, and deleted', async () => {
  const [id] = await lab.droplets('a');
  const { status, body } = await lab.call('POST', '/v2/reserved_ips', { droplet_id: id });
  const { ip } = body.reserved_ip;
  expect([status, body.links.droplets[0].id, body.links.actions[0].rel]).toEqual([202, id, 'assign_ip']);
  await lab.until(`/v2/reserved_ips/${ip}`, ({ reserved_ip }) => reserved_ip.droplet?.id === id);
  await lab.act(`/v2/reserved_ips/${ip}/actions`, { type: 'unassign' });
  expect(await holder(ip)).toBeNull();
  expect((await lab.call('DELETE', `/v2/reserved_ips/${ip}`)).status).toBe(204);
  expect((await lab.call('GET', `/v2/reserved_ips/${ip}`)).status).toBe(404);
});

test('the calls work under their former name too', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/floating_ips', { region: 'fra1' });
  const { ip } = body.floating_ip;
  await lab.act(`/v2/floating_ips/${ip}/actions`, { type: 'assign', droplet_id: id });
  expect((await lab.call('GET', `/v2/floating_ips/${ip}`)).body.floating_ip.droplet.id).toBe(id);
  expect((await lab.call('GET', '/v2/floating_ips')).body.floating_ips).toHaveLength(1);
  const { body: actions } = await lab.call('GET', `/v2/floating_ips/${ip}/actions`);
  expect((await lab.call('GET', `/v2/floating_ips/${ip}/actions/${actions.actions[0].id}`)).status).toBe(200);
  expect((await lab.call('DELETE', `/v2/floating_ips/${ip}`)).status).toBe(204);
});

test('a droplet without a public network has no public address and gets no Reserved IP', async () => {
  const { body } = await lab.call('POST', '/v2/droplets', droplet({ public_networking: false }));
  const { id } = body.droplet;
  const { droplet: made } = await lab.until(`/v2/droplets/${id}`, ({ droplet }) => !droplet.locked);
  expect(made.networks.v4.map(({ type }: { type: string }) => type)).toEqual(['private']);
  const ip = await reserve();
  const refused = await lab.call('POST', `/v2/reserved_ips/${ip}/actions`, {
    type: 'assign',
    droplet_id: id,
  });
  expect([refused.status, refused.body.message]).toEqual([422, 'The Droplet has no public network.']);
  const both = droplet({ public_networking: false, ipv6: true });
  expect((await lab.call('POST', '/v2/droplets', both)).status).toBe(422);
});
