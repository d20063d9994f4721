import { type Emulator, startEmulator } from './emulator';
import { droplet } from './testing/client';

let emulator: Emulator;
afterEach(() => emulator.stop());

async function call(method: string, path: string, body?: object, token = emulator.token) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(emulator.url + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() };
}

test('a test sees what its program made, and what it called', async () => {
  emulator = await startEmulator({ tokens: [{ token: 'reader', scopes: ['droplet:read'], name: 'reader' }] });
  expect((await call('POST', '/v2/droplets', droplet({ name: 'web-1' }))).status).toBe(202);
  expect((await call('POST', '/v2/droplets', droplet(), 'reader')).status).toBe(403);
  expect((await call('GET', '/v2/droplets', undefined, 'nobody')).status).toBe(401);
  expect(emulator.account().droplets).toMatchObject([{ name: 'web-1', status: 'active' }]);
  expect(emulator.account().vpcs).toContainEqual(
    expect.objectContaining({ region: 'fra1', isDefault: true }),
  );
  expect(emulator.calls).toEqual([
    { method: 'POST', path: '/v2/droplets', status: 202, token: 'admin' },
    { method: 'POST', path: '/v2/droplets', status: 403, token: 'reader' },
    { method: 'GET', path: '/v2/droplets', status: 401, token: undefined },
  ]);
});

test('a test makes calls fail, and ends that', async () => {
  emulator = await startEmulator();
  const end = emulator.fault({ call: 'GET /v2/droplets', kind: '429', retryAfter: 7 });
  expect(await call('GET', '/v2/droplets')).toMatchObject({ status: 429, retryAfter: '7' });
  end();
  expect((await call('GET', '/v2/droplets')).status).toBe(200);
});

test('a test says how long actions take', async () => {
  emulator = await startEmulator({ actionTime: 60_000 });
  await call('POST', '/v2/droplets', droplet({ name: 'slow' }));
  expect(emulator.account().droplets).toMatchObject([{ status: 'new' }]);
  emulator.setActionTime(0);
  await call('POST', '/v2/droplets', droplet({ name: 'quick' }));
  expect(emulator.account().droplets).toMatchObject([{ status: 'new' }, { status: 'active' }]);
});
