import { recordsOnly } from '../server/records-only';
import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const FIRST = { name: 'images', subscription_tier_slug: 'basic', region: 'fra1' };

test('a registry is made, subscribed to, and deleted', async () => {
  expect((await lab.call('GET', '/v2/registry')).status).toBe(404);
  const { status, body } = await lab.call('POST', '/v2/registry', FIRST);
  expect([status, body.registry]).toMatchObject([
    201,
    {
      name: 'images',
      region: 'fra1',
      subscription: { tier: { slug: 'basic', monthly_price_in_cents: 500 } },
    },
  ]);
  const better = await lab.call('POST', '/v2/registry/subscription', { tier_slug: 'professional' });
  expect(better.body.subscription.tier.name).toBe('Professional');
  expect((await lab.call('GET', '/v2/registry')).body.registry.subscription).toEqual(
    better.body.subscription,
  );
  expect((await lab.call('POST', '/v2/registry/validate-name', { name: 'images' })).status).toBe(409);
  expect((await lab.call('POST', '/v2/registry/validate-name', { name: 'free' })).status).toBe(204);
  expect((await lab.call('GET', '/v2/registry/images/repositoriesV2')).body.repositories).toEqual([]);
  expect((await lab.call('GET', '/v2/registry/other/repositories')).status).toBe(404);
  const { auths } = (await lab.call('GET', '/v2/registry/docker-credentials?read_write=true')).body;
  const [name, password] = atob(auths['registry.digitalocean.com'].auth).split(':');
  expect([name, name]).toEqual([password, expect.stringMatching(/^dop_v1_/)]);
  expect((await lab.call('DELETE', '/v2/registry')).status).toBe(204);
  expect((await lab.call('GET', '/v2/registry/subscription')).status).toBe(404);
});

test('of several registries each is called by its name', async () => {
  await lab.call('POST', '/v2/registries', FIRST);
  const { body } = await lab.call('POST', '/v2/registries', { name: 'more' });
  expect(body.registry).toMatchObject({ name: 'more', subscription: { tier: { slug: 'basic' } } });
  for (const method of ['GET', 'DELETE'])
    expect([method, (await lab.call(method, '/v2/registry')).status]).toEqual([method, 412]);
  expect((await lab.call('GET', '/v2/registry/docker-credentials')).status).toBe(200);
  expect((await lab.call('GET', '/v2/registries')).body.registries).toHaveLength(2);
  expect((await lab.call('GET', '/v2/registries/more')).body).toEqual(body);
  expect((await lab.call('POST', '/v2/registries', { name: 'more' })).status).toBe(409);
  expect((await lab.call('DELETE', '/v2/registries/more')).status).toBe(204);
  expect((await lab.call('GET', '/v2/registry')).body.registry.name).toBe('images');
});

test('garbage is collected by one at a time, which can be cancelled', async () => {
  await lab.call('POST', '/v2/registry', FIRST);
  const path = '/v2/registry/images/garbage-collection';
  expect((await lab.call('GET', path)).status).toBe(404);
  const finish = lab.fault({ call: `POST ${path}`, kind: 'never-completes' });
  const { body } = await lab.call('POST', path, { type: 'untagged manifests only' });
  expect((await lab.call('GET', path)).body).toEqual(body);
  expect((await lab.call('POST', path, {})).status).toBe(409);
  const cancel = () => lab.call('PUT', `${path}/${body.garbage_collection.uuid}`, { cancel: true });
  expect((await cancel()).body.garbage_collection.status).toBe('cancelled');
  expect((await cancel()).status).toBe(422);
  finish();
  await lab.call('POST', path, {});
  const { garbage_collections } = await lab.until(`${path}s`, (all) =>
    all.garbage_collections.some((one: { status: string }) => one.status === 'succeeded'),
  );
  expect(garbage_collections.map((one: { status: string }) => one.status)).toEqual([
    'succeeded',
    'cancelled',
  ]);
});

test('where droplets really run there is none', async () => {
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    expect((await booted.call('POST', '/v2/registry', FIRST)).body.message).toBe(
      'A container registry, where Droplets really run, is not emulated by the lab.',
    );
  } finally {
    await booted.close();
  }
});
