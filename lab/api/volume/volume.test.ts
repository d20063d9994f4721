import { type Lab, start } from '../testing/client';
import { VOLUMES } from './stored-volume';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const create = (more: object = {}) =>
  lab.call('POST', '/v2/volumes', { name: 'data', region: 'fra1', size_gigabytes: 10, ...more });

test('a volume is created, listed by name and region, and deleted', async () => {
  const { status, body } = await create({ filesystem_type: 'ext4', filesystem_label: 'data', tags: ['t'] });
  expect(status).toBe(201);
  expect(body.volume).toMatchObject({
    name: 'data',
    size_gigabytes: 10,
    droplet_ids: [],
    filesystem_type: 'ext4',
    tags: ['t'],
  });
  await create({ region: 'nyc3' });
  expect((await lab.call('GET', '/v2/volumes?name=data')).body.meta.total).toBe(2);
  expect((await lab.call('GET', '/v2/volumes?region=ams1')).body.volumes).toEqual([]);
  expect((await lab.call('GET', '/v2/volumes?region=moon')).status).toBe(422);
  expect((await lab.call('GET', '/v2/volumes?name=data&region=fra1')).body.volumes).toEqual([body.volume]);
  expect((await lab.call('DELETE', '/v2/volumes?name=data&region=nyc3')).status).toBe(204);
  expect((await lab.call('DELETE', `/v2/volumes/${body.volume.id}`)).status).toBe(204);
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}`)).status).toBe(404);
});

test.each([
  ['a name that is taken', {}, 409],
  ['a name with capitals', { name: 'Data' }, 422],
  ['no region', { name: 'b', region: undefined }, 422],
  ['no size', { name: 'b', size_gigabytes: 0 }, 422],
  ['too large a size', { name: 'b', size_gigabytes: 16_385 }, 422],
  ['an unknown filesystem', { name: 'b', filesystem_type: 'btrfs' }, 422],
  ['too long a label', { name: 'b', filesystem_type: 'xfs', filesystem_label: 'thirteenchars' }, 422],
  ['a snapshot that is none', { name: 'b', snapshot_id: 'x' }, 404],
  ['no size at all', { name: 'b', size_gigabytes: undefined }, 422],
])('a volume with %s is refused', async (_, wrong, status) => {
  await create();
  expect((await create(wrong)).status).toBe(status);
  expect(lab.cloud.of(VOLUMES).size).toBe(1);
});

test('a volume is on one droplet at a time, of its own region', async () => {
  const [a, b] = await lab.droplets('a', 'b');
  const { body } = await create();
  const path = `/v2/volumes/${body.volume.id}/actions`;
  const action = await lab.act(path, { type: 'attach', droplet_id: a, region: 'fra1' });
  expect(action).toMatchObject({ type: 'attach_volume', status: 'completed' });
  expect((await lab.call('GET', `/v2/droplets/${a}`)).body.droplet.volume_ids).toEqual([body.volume.id]);
  expect((await lab.call('POST', path, { type: 'attach', droplet_id: b })).status).toBe(422);
  expect((await lab.call('DELETE', `/v2/volumes/${body.volume.id}`)).status).toBe(409);
  expect((await lab.call('POST', path, { type: 'detach', droplet_id: b })).status).toBe(422);
  await lab.act(path, { type: 'detach', droplet_id: a });
  await lab.act('/v2/volumes/actions', {
    type: 'attach',
    volume_name: 'data',
    droplet_id: b,
    region: 'fra1',
  });
  const { body: far } = await create({ name: 'far', region: 'nyc3' });
  expect(
    (await lab.call('POST', `/v2/volumes/${far.volume.id}/actions`, { type: 'attach', droplet_id: a }))
      .status,
  ).toBe(422);
  const { body: actions } = await lab.call('GET', path);
  expect(actions.meta.total).toBe(3);
  expect((await lab.call('GET', `${path}/${actions.actions[0].id}`)).body.action.type).toBe('attach_volume');
});

test('tags of an attach are added to the volume, and made where there are none', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await create({ tags: ['old'] });
  const attach = { type: 'attach', droplet_id: id, tags: ['new', 'old'] };
  await lab.act(`/v2/volumes/${body.volume.id}/actions`, attach);
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}`)).body.volume.tags).toEqual(['old', 'new']);
  expect((await lab.call('GET', '/v2/tags/new')).body.tag.resources.volumes.count).toBe(1);
});

test('an attach is a pending event of the droplet', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await create();
  lab.fault({ call: 'POST /v2/volumes/*/actions', kind: 'never-completes' });
  await lab.call('POST', `/v2/volumes/${body.volume.id}/actions`, { type: 'attach', droplet_id: id });
  const refused = await lab.call('POST', `/v2/droplets/${id}/actions`, { type: 'reboot' });
  expect([refused.status, refused.body.message]).toEqual([422, 'Droplet already has a pending event.']);
});

test('a volume only grows', async () => {
  const { body } = await create();
  const path = `/v2/volumes/${body.volume.id}/actions`;
  await lab.act(path, { type: 'resize', size_gigabytes: 20, region: 'fra1' });
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}`)).body.volume.size_gigabytes).toBe(20);
  expect((await lab.call('POST', path, { type: 'resize', size_gigabytes: 20 })).status).toBe(422);
  expect((await lab.call('GET', `/v2/volumes/${body.volume.id}/snapshots`)).body.snapshots).toEqual([]);
});

test('that a volume grows does not keep its droplet from anything', async () => {
  const [id] = await lab.droplets('a');
  const { body } = await create();
  const path = `/v2/volumes/${body.volume.id}/actions`;
  await lab.act(path, { type: 'attach', droplet_id: id });
  const release = lab.fault({ call: 'POST /v2/volumes/*/actions', kind: 'never-completes', times: 1 });
  await lab.call('POST', path, { type: 'resize', size_gigabytes: 20 });
  expect((await lab.call('POST', path, { type: 'detach', droplet_id: id })).status).toBe(422);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.locked).toBe(false);
  expect((await lab.call('POST', `/v2/droplets/${id}/actions`, { type: 'rename', name: 'b' })).status).toBe(
    201,
  );
  release();
  await lab.until(`/v2/volumes/${body.volume.id}`, ({ volume }) => volume.size_gigabytes === 20);
});
