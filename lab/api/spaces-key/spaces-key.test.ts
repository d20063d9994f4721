import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start({
    tokens: [{ token: 'reader', scopes: ['spaces_key:read'], name: 'reader' }],
  });
});
afterEach(() => lab.close());

const create = (name: string, ...grants: object[]) => lab.call('POST', '/v2/spaces/keys', { name, grants });

test('the secret of a key is told once, when it is made', async () => {
  const grants = [{ bucket: 'backups', permission: 'readwrite' }];
  const { status, body } = await create('database', ...grants);
  const { secret_key, ...rest } = body.key;
  expect([status, rest]).toEqual([
    201,
    {
      name: 'database',
      grants,
      access_key: expect.stringMatching(/^DO00[A-Z0-9]{16}$/),
      created_at: rest.created_at,
    },
  ]);
  expect(secret_key).toMatch(/^\w{43}$/);
  expect((await lab.call('GET', `/v2/spaces/keys/${rest.access_key}`)).body).toEqual({ key: rest });
  expect((await lab.call('GET', '/v2/spaces/keys')).body.keys).toEqual([rest]);
});

test('a key is renamed, gets other grants, and is deleted', async () => {
  const { access_key } = (await create('a', { bucket: 'one', permission: 'read' })).body.key;
  const path = `/v2/spaces/keys/${access_key}`;
  expect((await lab.call('PATCH', path, { name: 'b' })).body.key).toMatchObject({
    name: 'b',
    grants: [{ bucket: 'one', permission: 'read' }],
  });
  const grants = [{ bucket: 'two', permission: 'readwrite' }];
  expect((await lab.call('PUT', path, { name: 'b', grants })).body.key.grants).toEqual(grants);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('GET', path)).status).toBe(404);
});

test('full access stands alone, and stays what it is', async () => {
  const full = { bucket: '', permission: 'fullaccess' };
  const { status, body } = await create('mixed', full, { bucket: 'one', permission: 'read' });
  expect([status, body.message]).toEqual([400, 'cannot mix fullaccess permission with scoped permissions.']);
  const { access_key } = (await create('full', full)).body.key;
  const grants = [{ bucket: 'one', permission: 'read' }];
  expect((await lab.call('PUT', `/v2/spaces/keys/${access_key}`, { name: 'full', grants })).status).toBe(400);
});

test('a grant that means nothing is refused', async () => {
  expect((await create('a', { bucket: '', permission: 'read' })).status).toBe(400);
  expect((await create('a', { bucket: 'one', permission: 'write' })).body.message).toBe(
    'grants.0.permission: must be one of read, readwrite, fullaccess',
  );
});

test('keys are listed by bucket, permission and name, the newest first', async () => {
  await create('first', { bucket: 'one', permission: 'read' });
  await create('second', { bucket: 'two', permission: 'readwrite' });
  const names = async (query: string) =>
    (await lab.call('GET', `/v2/spaces/keys?${query}`)).body.keys.map(({ name }: { name: string }) => name);
  expect(await names('sort=name&sort_direction=asc')).toEqual(['first', 'second']);
  expect(await names('')).toEqual(['second', 'first']);
  expect(await names('bucket=one')).toEqual(['first']);
  expect(await names('permission=readwrite')).toEqual(['second']);
  expect(await names('name=third')).toEqual([]);
});

test('each call has a scope of its own', async () => {
  const { access_key } = (await create('a')).body.key;
  const path = `/v2/spaces/keys/${access_key}`;
  const as = async (method: string, path: string, body?: object) =>
    (await lab.call(method, path, body, 'reader')).status;
  expect(await as('GET', path)).toBe(200);
  expect([await as('POST', '/v2/spaces/keys', { name: 'b' }), await as('DELETE', path)]).toEqual([403, 403]);
  expect(await as('PATCH', path, { name: 'b' })).toBe(403);
});
