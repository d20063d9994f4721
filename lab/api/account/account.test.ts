import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

test('the account, regions, sizes and images are there to read', async () => {
  expect((await lab.call('GET', '/v2/account')).body.account.status).toBe('active');
  expect((await lab.call('GET', '/v2/regions')).body.regions).toContainEqual(
    expect.objectContaining({ slug: 'fra1', available: true }),
  );
  const { body } = await lab.call('GET', '/v2/sizes?per_page=200');
  expect(body.sizes).toContainEqual(
    expect.objectContaining({ slug: 's-1vcpu-1gb', memory: 1024, price_monthly: 6 }),
  );
  const { body: images } = await lab.call('GET', '/v2/images?type=distribution&per_page=200');
  const debian = images.images.find(({ slug }: { slug: string }) => slug === 'debian-13-x64');
  expect((await lab.call('GET', '/v2/images/debian-13-x64')).body.image).toEqual(debian);
  expect((await lab.call('GET', `/v2/images/${debian.id}`)).body.image).toEqual(debian);
  expect((await lab.call('GET', '/v2/images?private=true')).body.images).toEqual([]);
  expect((await lab.call('GET', '/v2/images/plan9')).status).toBe(404);
});

test('an SSH key is found by id and by fingerprint, renamed and deleted', async () => {
  const public_key =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here';
  const { status, body } = await lab.call('POST', '/v2/account/keys', { name: 'mine', public_key });
  expect([status, body.ssh_key.fingerprint]).toEqual([
    201,
    '65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd',
  ]);
  for (const key of [body.ssh_key.id, body.ssh_key.fingerprint])
    expect((await lab.call('GET', `/v2/account/keys/${key}`)).body).toEqual(body);
  expect((await lab.call('POST', '/v2/account/keys', { name: 'again', public_key })).status).toBe(422);
  for (const bad of [
    '',
    'ssh-rsa AAAA',
    `pgp ${'A'.repeat(70)}`,
    `ssh-rsa ${'ä'.repeat(70)}`,
    'A'.repeat(80),
  ])
    expect((await lab.call('POST', '/v2/account/keys', { name: 'bad', public_key: bad })).status).toBe(422);
  const renamed = await lab.call('PUT', `/v2/account/keys/${body.ssh_key.fingerprint}`, { name: 'yours' });
  expect(renamed.body.ssh_key.name).toBe('yours');
  expect((await lab.call('GET', '/v2/account/keys')).body.meta.total).toBe(1);
  expect((await lab.call('DELETE', `/v2/account/keys/${body.ssh_key.id}`)).status).toBe(204);
});

test('a tag counts what has it, keeps its first spelling, and leaves everything when deleted', async () => {
  expect((await lab.call('POST', '/v2/tags', { name: 'Web' })).status).toBe(201);
  expect((await lab.call('POST', '/v2/tags', { name: 'web' })).body.tag.name).toBe('Web');
  expect((await lab.call('POST', '/v2/tags', { name: 'a b' })).status).toBe(422);
  const [id] = await lab.droplets('a');
  const { body } = await lab.call('POST', '/v2/volumes', {
    name: 'v',
    region: 'fra1',
    size_gigabytes: 1,
    tags: ['WEB'],
  });
  const droplet = { resource_id: String(id), resource_type: 'droplet' };
  expect((await lab.call('POST', '/v2/tags/web/resources', { resources: [droplet] })).status).toBe(204);
  const { tag } = (await lab.call('GET', '/v2/tags/web')).body;
  expect(tag.resources).toMatchObject({
    count: 2,
    droplets: { count: 1 },
    volumes: { count: 1 },
    images: { count: 0 },
  });
  expect(tag.resources.last_tagged_uri).toBe(`${lab.url}/v2/droplets/${id}`);
  expect((await lab.call('DELETE', '/v2/tags/web')).status).toBe(204);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.tags).toEqual([]);
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}`)).body.volume.tags).toEqual([]);
  expect((await lab.call('GET', '/v2/tags')).body.tags).toEqual([]);
});

test('tagging several things, one of which does not exist, tags none', async () => {
  await lab.call('POST', '/v2/tags', { name: 't' });
  const [id] = await lab.droplets('a');
  const resources = [
    { resource_id: String(id), resource_type: 'droplet' },
    { resource_id: '1', resource_type: 'droplet' },
  ];
  expect((await lab.call('POST', '/v2/tags/t/resources', { resources })).status).toBe(404);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.tags).toEqual([]);
});
