import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

/** A droplet with one snapshot; their ids. */
async function withSnapshot(): Promise<[number, number]> {
  const [id = 0] = await lab.droplets('a');
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'snapshot', name: 'before' });
  const { body } = await lab.call('GET', `/v2/droplets/${id}/snapshots`);
  return [id, body.snapshots[0].id];
}

test("a snapshot of a droplet is in the droplet's list, among the snapshots and among the private images", async () => {
  const [id, image] = await withSnapshot();
  const { body: all } = await lab.call('GET', '/v2/snapshots');
  expect(all.snapshots).toMatchObject([
    {
      id: String(image),
      name: 'before',
      resource_id: String(id),
      resource_type: 'droplet',
      regions: ['fra1'],
    },
  ]);
  expect((await lab.call('GET', `/v2/snapshots/${image}`)).body.snapshot).toEqual(all.snapshots[0]);
  const { body: images } = await lab.call('GET', '/v2/images?private=true');
  expect(images.images).toMatchObject([
    { id: image, name: 'before', type: 'snapshot', slug: null, public: false, min_disk_size: 25 },
  ]);
  expect((await lab.call('GET', `/v2/images/${image}`)).body.image).toEqual(images.images[0]);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.snapshot_ids).toEqual([image]);
  const { body: distributions } = await lab.call('GET', '/v2/images?type=distribution&per_page=200');
  expect(distributions.images).not.toContainEqual(images.images[0]);
});

test('a snapshot is as old as the action that took it, by which the provider finds it', async () => {
  const own = await start({ actionTime: () => 1100 });
  try {
    const [id] = await own.droplets('a');
    const action = await own.act(`/v2/droplets/${id}/actions`, { type: 'snapshot', name: 's' });
    const { body } = await own.call('GET', `/v2/droplets/${id}/snapshots`);
    expect(body.snapshots[0].created_at).toBe(action.started_at);
    expect(action.completed_at).not.toBe(action.started_at);
  } finally {
    await own.close();
  }
});

test('droplets are created, rebuilt and restored from snapshots, where they fit', async () => {
  const [id, image] = await withSnapshot();
  const path = `/v2/droplets/${id}/actions`;
  expect((await lab.call('POST', '/v2/droplets', droplet({ image }))).body.droplet.image.id).toBe(image);
  expect((await lab.call('POST', '/v2/droplets', droplet({ image, region: 'nyc3' }))).status).toBe(422);
  const small = droplet({ image, size: 's-1vcpu-512mb-10gb' });
  expect((await lab.call('POST', '/v2/droplets', small)).status).toBe(422);
  await lab.act(path, { type: 'rebuild', image: 'debian-12-x64' });
  await lab.act(path, { type: 'restore', image });
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.image.name).toBe('before');
  const [other] = await lab.droplets('other');
  expect((await lab.call('POST', `/v2/droplets/${other}/actions`, { type: 'restore', image })).status).toBe(
    422,
  );
  await lab.act(`/v2/droplets/${other}/actions`, { type: 'rebuild', image });
});

test('a snapshot is transferred, renamed, tagged and deleted; its droplets keep the image it was made from', async () => {
  const [id, image] = await withSnapshot();
  const path = `/v2/images/${image}`;
  const transfer = { type: 'transfer', region: 'nyc3' };
  const done = await lab.act(`${path}/actions`, transfer);
  expect(done).toMatchObject({
    type: 'transfer',
    resource_type: 'image',
    resource_id: image,
    region_slug: 'nyc3',
  });
  expect((await lab.call('GET', `${path}/actions/${done.id}`)).body.action).toEqual(done);
  expect((await lab.call('GET', `${path}/actions`)).body.meta.total).toBe(1);
  expect((await lab.call('POST', `${path}/actions`, transfer)).status).toBe(422);
  expect((await lab.call('POST', `${path}/actions`, { type: 'convert' })).status).toBe(422);
  const { body } = await lab.call('PUT', path, { name: 'after' });
  expect(body.image).toMatchObject({ name: 'after', regions: ['fra1', 'nyc3'] });
  await lab.call('POST', '/v2/tags', { name: 't' });
  const resources = [{ resource_id: String(image), resource_type: 'image' }];
  expect((await lab.call('POST', '/v2/tags/t/resources', { resources })).status).toBe(204);
  expect((await lab.call('GET', '/v2/images?tag_name=t')).body.images[0].id).toBe(image);
  expect((await lab.call('GET', '/v2/tags/t')).body.tag.resources.images.count).toBe(1);
  await lab.act(`/v2/droplets/${id}/actions`, { type: 'rebuild', image });
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('DELETE', path)).status).toBe(404);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    image: { slug: 'debian-13-x64' },
    snapshot_ids: [],
  });
});

test('a public image is no snapshot, and nobody changes it', async () => {
  const { body } = await lab.call('GET', '/v2/images/debian-13-x64');
  const { id } = body.image;
  const refused = await lab.call('GET', `/v2/snapshots/${id}`);
  expect([refused.status, refused.body.message]).toEqual([400, 'the resource is not a snapshot']);
  expect((await lab.call('DELETE', `/v2/snapshots/${id}`)).status).toBe(400);
  for (const [method, path, sent] of [
    ['PUT', `/v2/images/${id}`, { name: 'mine' }],
    ['DELETE', `/v2/images/${id}`, undefined],
    ['POST', `/v2/images/${id}/actions`, { type: 'transfer', region: 'nyc3' }],
  ] as const)
    expect((await lab.call(method, path, sent)).status).toBe(403);
  expect((await lab.call('PUT', '/v2/images/1', { name: 'mine' })).status).toBe(404);
  for (const query of ['type=snapshot', 'private=maybe'])
    expect((await lab.call('GET', `/v2/images?${query}`)).status).toBe(422);
});

test('a volume is made from the snapshot of another, as large or larger', async () => {
  const fs = { filesystem_type: 'ext4', filesystem_label: 'data' };
  const { body } = await lab.call('POST', '/v2/volumes', {
    name: 'v',
    region: 'fra1',
    size_gigabytes: 10,
    ...fs,
  });
  const path = `/v2/volumes/${body.volume.id}/snapshots`;
  const { status, body: made } = await lab.call('POST', path, { name: 's', tags: ['t'] });
  expect([status, made.snapshot]).toMatchObject([
    201,
    {
      ...{ name: 's', resource_id: body.volume.id, resource_type: 'volume', tags: ['t'] },
      ...{ min_disk_size: 10, size_gigabytes: 0 },
    },
  ]);
  const { id } = made.snapshot;
  expect((await lab.call('GET', path)).body.snapshots).toEqual([made.snapshot]);
  expect((await lab.call('GET', '/v2/snapshots?resource_type=volume')).body.meta.total).toBe(1);
  expect((await lab.call('GET', '/v2/snapshots?resource_type=droplet')).body.meta.total).toBe(0);
  expect((await lab.call('GET', '/v2/snapshots?resource_type=image')).status).toBe(422);
  expect((await lab.call('GET', `/v2/images/${id}`)).status).toBe(404);
  const from = (more: object) => lab.call('POST', '/v2/volumes', { name: 'w', snapshot_id: id, ...more });
  expect((await from({ size_gigabytes: 9 })).status).toBe(422);
  expect((await from({ region: 'nyc3' })).status).toBe(422);
  expect((await from({})).body.volume).toMatchObject({ size_gigabytes: 10, region: { slug: 'fra1' }, ...fs });
  expect((await from({ name: 'x', size_gigabytes: 20 })).body.volume.size_gigabytes).toBe(20);
  expect((await lab.call('GET', `/v2/volumes/snapshots/${id}`)).body).toEqual(made);
  expect((await lab.call('DELETE', `/v2/volumes/snapshots/${id}`)).status).toBe(204);
  expect((await lab.call('GET', `/v2/snapshots/${id}`)).status).toBe(404);
});

test('deleting a tag takes it from snapshots too', async () => {
  const { body } = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: 1 });
  const path = `/v2/volumes/${body.volume.id}/snapshots`;
  await lab.call('POST', path, { name: 's', tags: ['t'] });
  expect((await lab.call('GET', '/v2/tags/t')).body.tag.resources.volume_snapshots.count).toBe(1);
  await lab.call('DELETE', '/v2/tags/t');
  expect((await lab.call('GET', path)).body.snapshots[0].tags).toEqual([]);
});
