import { droplet, type Lab, start } from './client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

test('a droplet is new, locked and without addresses, and then active with them', async () => {
  const slow = await start({ actionTime: () => 100 });
  try {
    const { status, body } = await slow.call(
      'POST',
      '/v2/droplets',
      droplet({ monitoring: true, ipv6: true, tags: ['a'] }),
    );
    expect(status).toBe(202);
    expect(body.droplet).toMatchObject({
      status: 'new',
      locked: true,
      networks: { v4: [], v6: [] },
      tags: ['a'],
    });
    expect(body.links.actions).toEqual([
      { id: expect.any(Number), rel: 'create', href: `${slow.url}/v2/actions/${body.links.actions[0].id}` },
    ]);
    const { droplet: ready } = await slow.until(
      `/v2/droplets/${body.droplet.id}`,
      ({ droplet }) => !droplet.locked,
    );
    expect(ready).toMatchObject({
      status: 'active',
      size_slug: 's-1vcpu-1gb',
      region: { slug: 'fra1' },
      memory: 1024,
    });
    expect(ready.networks.v4.map(({ type }: { type: string }) => type)).toEqual(['private', 'public']);
    expect(ready.networks.v6).toHaveLength(1);
    expect(ready.features).toEqual(['droplet_agent', 'ipv6', 'monitoring', 'private_networking']);
  } finally {
    await slow.close();
  }
});

test('addresses can come later than the state active', async () => {
  const late = await start({ addressDelay: 60 });
  try {
    const [id] = await late.droplets('late');
    expect((await late.call('GET', `/v2/droplets/${id}`)).body.droplet.networks.v4).toEqual([]);
    await late.until(`/v2/droplets/${id}`, ({ droplet }) => droplet.networks.v4.length === 2);
  } finally {
    await late.close();
  }
});

test('names makes several droplets at once, each with addresses of its own', async () => {
  const ids = await lab.droplets('a', 'b', 'c');
  const { body } = await lab.call('GET', '/v2/droplets');
  expect(body.droplets.map(({ id }: { id: number }) => id)).toEqual(ids);
  const addresses = body.droplets.flatMap(({ networks }: { networks: { v4: { ip_address: string }[] } }) =>
    networks.v4.map(({ ip_address }) => ip_address),
  );
  expect(new Set(addresses).size).toBe(6);
});

test('droplets are found by name and by tag, in any case of its letters', async () => {
  await lab.droplets('a', 'b');
  const { body } = await lab.call('POST', '/v2/droplets', droplet({ name: 'c', tags: ['Web'] }));
  const idsOf = async (query: string) =>
    (await lab.call('GET', `/v2/droplets?${query}`)).body.droplets.map(({ id }: { id: number }) => id);
  expect(await idsOf('tag_name=web')).toEqual([body.droplet.id]);
  expect(await idsOf('name=c')).toEqual([body.droplet.id]);
  expect(await idsOf('name=nobody')).toEqual([]);
  expect(await idsOf('tag_name=none')).toEqual([]);
});

test.each([
  ['size', { size: 's-nope' }, 'You specified an invalid size for Droplet creation.'],
  ['region', { region: 'mars1' }, 'You specified an invalid region for Droplet creation.'],
  ['image', { image: 'plan9' }, 'You specified an invalid image for Droplet creation.'],
  ['SSH key', { ssh_keys: [7] }, '7 are invalid key identifiers for Droplet creation.'],
  ['name', { name: 'a b' }, 'name: Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)'],
  ['user data', { user_data: 'x'.repeat(65_537) }, 'User data exceeds the maximum size of 64KB.'],
  ['VPC', { vpc_uuid: 'c9b8cd4a-6b75-4d8b-8d0f-1f1b7b0a2b3c' }, 'The VPC does not exist.'],
  [
    'number of names',
    { name: null, names: Array(11).fill('a') },
    'At most 10 Droplets can be created by one call.',
  ],
  ['unknown field', { colour: 'red' }, 'Unrecognized key: "colour"'],
])('a droplet with a wrong %s is refused, and nothing is created', async (_, wrong, message) => {
  const { status, body } = await lab.call('POST', '/v2/droplets', droplet(wrong));
  expect([status, body.id, body.message]).toEqual([422, 'unprocessable_entity', message]);
  expect(lab.cloud.droplets.size + lab.cloud.vpcs.size + lab.cloud.tags.size).toBe(0);
});

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
  await lab.act(path, { type: 'enable_ipv6' });
  const { body } = await lab.call('GET', `/v2/droplets/${id}`);
  expect(body.droplet).toMatchObject({
    name: 'larger',
    status: 'active',
    memory: 2048,
    disk: 25,
    image: { slug: 'ubuntu-24-04-x64' },
  });
  expect((await lab.call('GET', '/v2/actions')).body.actions[0].type).toBe('enable_ipv6');
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

test('an action that the lab does not emulate is refused by name', async () => {
  const [id] = await lab.droplets('a');
  const { status, body } = await lab.call('POST', `/v2/droplets/${id}/actions`, {
    type: 'snapshot',
    name: 's',
  });
  expect([status, body.message]).toEqual([501, 'The Droplet action snapshot is not emulated by the lab.']);
  expect((await lab.call('POST', `/v2/droplets/${id}/actions`, { type: '__proto__' })).status).toBe(422);
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

test('a destroyed droplet leaves its volume and its Reserved IP behind, free', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 });
  await lab.act(`/v2/volumes/${body.volume.id}/actions`, { type: 'attach', droplet_id: id });
  const { body: reserved } = await lab.call('POST', '/v2/reserved_ips', { droplet_id: id });
  await lab.until(
    `/v2/reserved_ips/${reserved.reserved_ip.ip}`,
    ({ reserved_ip }) => reserved_ip.droplet?.id === id,
  );
  expect((await lab.call('DELETE', `/v2/droplets/${id}`)).status).toBe(204);
  await lab.until(`/v2/droplets/${id}`, ({ id }) => id === 'not_found');
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}`)).body.volume.droplet_ids).toEqual([]);
  expect(
    (await lab.call('GET', `/v2/reserved_ips/${reserved.reserved_ip.ip}`)).body.reserved_ip.droplet,
  ).toBeNull();
});

test('a volume named at creation is attached as soon as the droplet runs', async () => {
  const { body } = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 });
  const { id } = body.volume;
  for (const volumes of [[id], [{ id }], [{ name: 'v' }]]) {
    const created = await lab.call('POST', '/v2/droplets', droplet({ volumes }));
    const path = `/v2/droplets/${created.body.droplet.id}`;
    await lab.until(path, ({ droplet }) => !droplet.locked && droplet.volume_ids[0] === id);
    await lab.call('DELETE', path);
    await lab.until(path, (gone) => gone.id === 'not_found');
  }
});

test('backups and snapshots are empty lists of a droplet that exists', async () => {
  const [id] = await lab.droplets('a');
  expect((await lab.call('GET', `/v2/droplets/${id}/backups`)).body).toEqual({
    backups: [],
    links: {},
    meta: { total: 0 },
  });
  expect((await lab.call('GET', `/v2/droplets/${id}/snapshots`)).body.snapshots).toEqual([]);
  expect((await lab.call('GET', '/v2/droplets/1/snapshots')).status).toBe(404);
});

test('without hardware to wait for, a destroyed droplet is gone with the answer', async () => {
  const own = await start({ actionTime: (type) => (type === 'destroy' ? 0 : 5) });
  try {
    const [id, other] = await own.droplets('a', 'b');
    expect((await own.call('DELETE', `/v2/droplets/${id}`)).status).toBe(204);
    expect((await own.call('GET', `/v2/droplets/${id}`)).status).toBe(404);
    expect((await own.call('DELETE', `/v2/droplets/${id}`)).status).toBe(404);
    expect((await own.call('GET', '/v2/actions')).body.actions[0]).toMatchObject({
      type: 'destroy',
      status: 'completed',
    });
    own.fault({ call: 'DELETE /v2/droplets/*', kind: 'never-completes' });
    expect((await own.call('DELETE', `/v2/droplets/${other}`)).status).toBe(204);
    expect((await own.call('GET', `/v2/droplets/${other}`)).body.droplet.locked).toBe(true);
  } finally {
    await own.close();
  }
});
