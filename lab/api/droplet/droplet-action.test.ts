import { recordsOnly } from '../server/records-only';
import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

test('while an action runs the next one is refused, and so is destroying', async () => {
  const [id] = await lab.droplets('busy');
  const mend = lab.fault({ call: 'POST /v2/droplets/*/actions', kind: 'never-completes', times: 1 });
  const { body } = await lab.call('POST', `/v2/droplets/${id}/actions`, { type: 'reboot' });
  expect(body.action).toMatchObject({
    status: 'in-progress',
    completed_at: null,
    resource_type: 'droplet',
    resource_id: id,
  });
  for (const [method, path] of [
    ['POST', `/v2/droplets/${id}/actions`],
    ['DELETE', `/v2/droplets/${id}`],
  ] as const) {
    const refused = await lab.call(method, path, method === 'POST' ? { type: 'power_off' } : undefined);
    expect([refused.status, refused.body.message]).toEqual([422, 'Droplet already has a pending event.']);
  }
  mend();
  await lab.until(
    `/v2/droplets/${id}/actions/${body.action.id}`,
    ({ action }) => action.status === 'completed',
  );
  expect((await lab.call('DELETE', `/v2/droplets/${id}`)).status).toBe(204);
});

test('power, name, size and image change by actions', async () => {
  const [id] = await lab.droplets('small');
  const path = `/v2/droplets/${id}/actions`;
  const resize = { type: 'resize', size: 's-2vcpu-2gb', disk: false };
  expect((await lab.call('POST', path, resize)).body.message).toBe(
    'Droplet is currently on. Please power it off to run this event.',
  );
  await lab.act(path, { type: 'power_off' });
  expect((await lab.call('POST', path, { type: 'power_off' })).body.message).toBe(
    'Droplet is already powered off.',
  );
  await lab.act(path, resize);
  await lab.act(path, { type: 'power_on' });
  await lab.act(path, { type: 'rename', name: 'larger' });
  await lab.act(path, { type: 'rebuild', image: 'ubuntu-24-04-x64' });
  await lab.act(path, { type: 'power_cycle' });
  const { body } = await lab.call('GET', `/v2/droplets/${id}`);
  expect(body.droplet).toMatchObject({
    name: 'larger',
    status: 'active',
    memory: 2048,
    disk: 25,
    image: { slug: 'ubuntu-24-04-x64' },
  });
  expect((await lab.call('GET', '/v2/actions')).body.actions[0].type).toBe('power_cycle');
  await lab.act(path, { type: 'shutdown' });
  await lab.act(path, { ...resize, disk: true });
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.disk).toBe(60);
  expect((await lab.call('POST', path, { type: 'resize', size: 's-1vcpu-1gb' })).status).toBe(422);
  const { body: all } = await lab.call('GET', path);
  expect(
    all.actions
      .map(({ type }: { type: string }) => type)
      .reverse()
      .slice(0, 3),
  ).toEqual(['create', 'power_off', 'resize']);
});

test('switching on what is on changes nothing, and is done all the same', async () => {
  const [id] = await lab.droplets('a');
  const action = await lab.act(`/v2/droplets/${id}/actions`, { type: 'power_on' });
  expect(action).toMatchObject({ type: 'power_on', status: 'completed' });
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.status).toBe('active');
});

test('a droplet gets its IPv6 address while it is off', async () => {
  const [id] = await lab.droplets('a');
  const path = `/v2/droplets/${id}/actions`;
  const refused = await lab.call('POST', path, { type: 'enable_ipv6' });
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'Droplet is currently on. Please power it off to run this event.',
  ]);
  await lab.act(path, { type: 'power_off' });
  await lab.act(path, { type: 'enable_ipv6' });
  const { droplet } = (await lab.call('GET', `/v2/droplets/${id}`)).body;
  expect([droplet.networks.v6.length, droplet.features]).toEqual([1, expect.arrayContaining(['ipv6'])]);
});

test('an action that is none, or that no droplet can do, is refused by name', async () => {
  const [id] = await lab.droplets('a');
  const act = (type: string) => lab.call('POST', `/v2/droplets/${id}/actions`, { type, kernel: 1 });
  for (const type of [
    '__proto__',
    'constructor',
    'toString',
    '',
    'explode',
    'create',
    'destroy',
    'assign_ip',
  ]) {
    const { status, body } = await act(type);
    expect([status, body.message]).toEqual([422, `${type} is not a type of Droplet action.`]);
  }
  const { status, body } = await act('change_kernel');
  expect([status, body.message]).toEqual([
    422,
    'This Droplet has its kernel inside: it can not be changed from here.',
  ]);
});

test('a private network, which every droplet has, can be asked for once more', async () => {
  const [id] = await lab.droplets('a');
  const { status } = await lab.act(`/v2/droplets/${id}/actions`, { type: 'enable_private_networking' });
  expect(status).toBe('completed');
});

test('actions and destruction by tag reach all droplets of the tag and no other', async () => {
  const [other] = await lab.droplets('other');
  const { body } = await lab.call(
    'POST',
    '/v2/droplets',
    droplet({ name: undefined, names: ['a', 'b'], tags: ['t'] }),
  );
  const ids = body.droplets.map(({ id }: { id: number }) => id);
  for (const id of ids) await lab.until(`/v2/droplets/${id}`, ({ droplet }) => !droplet.locked);
  const { status, body: acted } = await lab.call('POST', '/v2/droplets/actions?tag_name=t', {
    type: 'power_off',
  });
  expect([status, acted.actions.length]).toEqual([201, 2]);
  for (const id of ids) await lab.until(`/v2/droplets/${id}`, ({ droplet }) => droplet.status === 'off');
  expect((await lab.call('DELETE', '/v2/droplets?tag_name=t')).status).toBe(204);
  await lab.until('/v2/droplets', ({ droplets }) => droplets.length === 1 && droplets[0].id === other);
  expect((await lab.call('DELETE', '/v2/droplets')).status).toBe(422);
});

test('hardware is not asked for what it can not do', async () => {
  const own = await start({ hardware: { ...recordsOnly } });
  try {
    const [id] = await own.droplets('a');
    for (const type of ['snapshot', 'restore', 'password_reset'])
      expect((await own.call('POST', `/v2/droplets/${id}/actions`, { type, name: 's' })).status).toBe(501);
    const { body } = await own.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 });
    const snapshot = await own.call('POST', `/v2/volumes/${body.volume.id}/snapshots`, { name: 's' });
    expect([snapshot.status, snapshot.body.message]).toEqual([
      501,
      'A snapshot of what really runs is not emulated by the lab.',
    ]);
  } finally {
    await own.close();
  }
});

test.each([
  ['rebuild', 'droplet:admin', { image: 'debian-12-x64' }],
  ['password_reset', 'droplet:admin', {}],
  ['snapshot', 'image:create', {}],
  ['resize', 'droplet:create', { size: 's-2vcpu-2gb' }],
])('%s needs %s besides droplet:update', async (type, scope, more) => {
  const tokens = [
    { token: 'without', scopes: ['droplet:update'] },
    { token: 'with', scopes: ['droplet:update', scope] },
  ];
  const own = await start({ tokens });
  try {
    const [id] = await own.droplets('a');
    const path = `/v2/droplets/${id}/actions`;
    if (type === 'resize') await own.act(path, { type: 'power_off' });
    const refused = await own.call('POST', path, { type, ...more }, 'without');
    expect([refused.status, refused.body.id]).toEqual([403, 'forbidden']);
    expect((await own.call('POST', path, { type, ...more }, 'with')).status).toBe(201);
  } finally {
    await own.close();
  }
});
