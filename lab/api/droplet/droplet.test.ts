import { TAGS } from '../tag/stored-tag';
import { droplet, type Lab, start } from '../testing/client';
import { VPCS } from '../vpc/stored-vpc';
import { DROPLETS } from './stored-droplet';

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
  const [never, late] = [await start({ addressDelay: 3_600_000 }), await start({ addressDelay: 60 })];
  try {
    const [id] = await never.droplets('never');
    expect((await never.call('GET', `/v2/droplets/${id}`)).body.droplet.networks.v4).toEqual([]);
    const [other] = await late.droplets('late');
    await late.until(`/v2/droplets/${other}`, ({ droplet }) => droplet.networks.v4.length === 2);
  } finally {
    await Promise.all([never.close(), late.close()]);
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

test('droplets are found by name or by tag, in any case of their letters, not by both', async () => {
  await lab.droplets('a', 'b');
  const { body } = await lab.call('POST', '/v2/droplets', droplet({ name: 'c', tags: ['Web'] }));
  const idsOf = async (query: string) =>
    (await lab.call('GET', `/v2/droplets?${query}`)).body.droplets.map(({ id }: { id: number }) => id);
  expect(await idsOf('tag_name=web')).toEqual([body.droplet.id]);
  expect(await idsOf('name=C')).toEqual([body.droplet.id]);
  expect(await idsOf('name=c&type=droplets')).toEqual([body.droplet.id]);
  expect(await idsOf('type=gpus')).toEqual([]);
  for (const query of ['tag_name=web&name=c', 'tag_name=web&type=droplets', 'type=vms'])
    expect((await lab.call('GET', `/v2/droplets?${query}`)).status).toBe(422);
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
  ['type of image', { image: {} }, 'image: must be an id or a slug'],
  ['type of SSH key', { ssh_keys: [{}] }, 'ssh_keys.0: must be an id or a fingerprint'],
])('a droplet with a wrong %s is refused, and nothing is created', async (_, wrong, message) => {
  const before = lab.cloud.of(VPCS).size;
  const { status, body } = await lab.call('POST', '/v2/droplets', droplet(wrong));
  expect([status, body.id, body.message]).toEqual([422, 'unprocessable_entity', message]);
  expect([lab.cloud.of(DROPLETS).size, lab.cloud.of(VPCS).size, lab.cloud.of(TAGS).size]).toEqual([
    0,
    before,
    0,
  ]);
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

test('without hardware to wait for, a destroyed droplet is gone with the answer', async () => {
  const own = await start({ actionTime: (type) => (type === 'destroy' ? 0 : 5) });
  try {
    const [id, other] = await own.droplets('a', 'b');
    expect((await own.call('DELETE', `/v2/droplets/${id}`)).status).toBe(204);
    const gone = await own.call('GET', `/v2/droplets/${id}`);
    const text = 'The resource you were accessing could not be found.';
    expect([gone.status, gone.body.message]).toEqual([404, text]);
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

test.each([
  ['nyc', {}, 'nyc1'],
  ['fra', {}, 'fra1'],
  ['ams3', {}, 'ams3'],
  [undefined, {}, 'nyc3'],
])('the region %s means a place in it', async (region, more, expected) => {
  const { body } = await lab.call('POST', '/v2/droplets', droplet({ region, ...more }));
  expect(body.droplet.region.slug).toBe(expected);
});

test('without a region a droplet is where its VPC is', async () => {
  const { body: net } = await lab.call('POST', '/v2/vpcs', { name: 'v', region: 'sgp1' });
  const { body } = await lab.call(
    'POST',
    '/v2/droplets',
    droplet({ region: undefined, vpc_uuid: net.vpc.id }),
  );
  expect(body.droplet.region.slug).toBe('sgp1');
});

test('a volume named twice is attached once', async () => {
  const { body } = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 });
  const { id } = body.volume;
  const created = await lab.call('POST', '/v2/droplets', droplet({ volumes: [id, { name: 'v' }] }));
  await lab.until(`/v2/droplets/${created.body.droplet.id}`, ({ droplet }) => droplet.volume_ids[0] === id);
  expect((await lab.call('GET', `/v2/volumes/${id}/actions`)).body.meta.total).toBe(1);
});

test('a droplet has no kernels of its own, no neighbors, and no backups', async () => {
  const [id] = await lab.droplets('a', 'b');
  const none = { links: {}, meta: { total: 0 } };
  for (const [what, empty] of [
    ['kernels', { kernels: [], ...none }],
    ['backups', { backups: [], ...none }],
    ['snapshots', { snapshots: [], ...none }],
    ['neighbors', { droplets: [] }],
  ] as const) {
    expect((await lab.call('GET', `/v2/droplets/${id}/${what}`)).body).toEqual(empty);
    expect((await lab.call('GET', `/v2/droplets/1/${what}`)).status).toBe(404);
  }
});
