import { recordsOnly } from '../server/records-only';
import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const IMAGE = { name: 'mine', url: 'https://example.test/mine.qcow2', region: 'fra1', tags: ['base'] };
const bring = async () => {
  const { id } = (await lab.call('POST', '/v2/images', IMAGE)).body.image;
  await lab.until(`/v2/images/${id}`, ({ image }) => image.status === 'available');
  return id as number;
};

test('a custom image is new, becomes available, and is none of the snapshots', async () => {
  const arrive = lab.fault({ call: 'POST /v2/images', kind: 'never-completes' });
  const { status, body } = await lab.call('POST', '/v2/images', IMAGE);
  expect([status, body.image]).toMatchObject([
    202,
    {
      type: 'custom',
      status: 'NEW',
      distribution: 'Unknown OS',
      regions: ['fra1'],
      tags: ['base'],
      slug: null,
    },
  ]);
  const early = await lab.call('POST', '/v2/droplets', droplet({ image: body.image.id }));
  expect(early.body.message).toBe('You specified an invalid image for Droplet creation.');
  arrive();
  await lab.until(`/v2/images/${body.image.id}`, ({ image }) => image.status === 'available');
  const { images } = (await lab.call('GET', '/v2/images?private=true')).body;
  expect(images).toMatchObject([{ id: body.image.id, type: 'custom' }]);
  expect((await lab.call('GET', '/v2/images?tag_name=base')).body.images).toEqual(images);
  expect((await lab.call('GET', '/v2/tags/base')).body.tag.resources.images.count).toBe(1);
  expect((await lab.call('GET', '/v2/snapshots')).body.snapshots).toEqual([]);
  expect((await lab.call('GET', `/v2/snapshots/${body.image.id}`)).status).toBe(404);
});

test('it is changed, taken to another region, and droplets are made of it', async () => {
  const id = await bring();
  const change = { name: 'ours', description: 'd', distribution: 'CoreOS' };
  expect((await lab.call('PUT', `/v2/images/${id}`, change)).body.image).toMatchObject(change);
  await lab.act(`/v2/images/${id}/actions`, { type: 'transfer', region: 'nyc3' });
  const made = await lab.call('POST', '/v2/droplets', droplet({ image: id, region: 'nyc3' }));
  expect(made.body.droplet.image).toMatchObject({ id, name: 'ours', regions: ['fra1', 'nyc3'] });
  expect((await lab.call('DELETE', `/v2/images/${id}`)).status).toBe(204);
  expect((await lab.call('GET', `/v2/images/${id}`)).status).toBe(404);
  expect((await lab.call('GET', `/v2/droplets/${made.body.droplet.id}`)).status).toBe(200);
});

test('an image from nowhere, or where droplets really run, is refused', async () => {
  const create = (more: object) => lab.call('POST', '/v2/images', { ...IMAGE, ...more });
  expect((await create({ region: 'mars1' })).status).toBe(422);
  expect((await create({ url: 'mine.qcow2' })).status).toBe(422);
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    expect((await booted.call('POST', '/v2/images', IMAGE)).body.message).toBe(
      'A custom image, where Droplets really run, is not emulated by the lab.',
    );
  } finally {
    await booted.close();
  }
});
