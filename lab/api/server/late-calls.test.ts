import { type Emulator, startEmulator } from '../emulator';
import { lateLoader } from './late-calls';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.stop());

const call = (method: string, path: string, token = emulator.token, body?: object) =>
  fetch(emulator.url + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    body: body && JSON.stringify(body),
  });

test('calls that are loaded late are answered, counted once and refused like all others', async () => {
  const answers = await Promise.all(['/v2/certificates', '/v2//databases/'].map((path) => call('GET', path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(emulator.calls.map(({ path, token }) => [path, token]).sort()).toEqual([
    ['/v2//databases/', 'admin'],
    ['/v2/certificates', 'admin'],
  ]);
  expect((await call('GET', '/v2/certificates', 'wrong')).status).toBe(401);
  const not = await call('DELETE', '/v2/certificates');
  expect([not.status, not.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  expect((await call('GET', '/v2/vpcs/x/peerings')).status).toBe(404);
  const made = await call('POST', '/v2/reserved_ipv6', emulator.token, { region_slug: 'fra1' });
  expect([made.status, made.headers.get('x-request-id')]).toEqual([201, expect.stringMatching(/-/)]);
});

test('a late call is found where others of its kind were made before', async () => {
  const { vpcs } = (await (await call('GET', '/v2/vpcs')).json()) as { vpcs: { id: string }[] };
  expect((await call('GET', `/v2/vpcs/${vpcs[0]?.id}/peerings`)).status).toBe(200);
});

test('a call of either kind that is not emulated is told all that there is', async () => {
  const message = async (method: string, path: string) =>
    ((await (await call(method, path)).json()) as { message: string }).message;
  const kinds = /calls of: 1-clicks, account, .*certificates, .*databases, .*droplets, .*volumes/;
  expect(await message('POST', '/v2/1-clicks/kubernetes')).toMatch(kinds);
  expect(await message('GET', '/v2/apps')).toMatch(kinds);
});

test('a fault meets them too', async () => {
  const end = emulator.fault({ call: 'GET /v2/certificates', kind: '503' });
  expect((await call('GET', '/v2/certificates')).status).toBe(503);
  end();
  expect((await call('GET', '/v2/certificates')).status).toBe(200);
});

test('routes are loaded once, however many calls come first, and not at all before', async () => {
  let loaded = 0;
  const load = async () => {
    loaded += 1;
    return [];
  };
  const add = jest.fn();
  const loadLate = lateLoader({ kinds: [], has: (path) => path === '/late', load }, add);
  await loadLate('/early');
  expect(loaded).toBe(0);
  await Promise.all([loadLate('/late'), loadLate('/late')]);
  expect([loaded, add.mock.calls.length]).toEqual([1, 1]);
});
