import { droplet, type Lab, start } from '../testing/client';
import { recordsOnly } from './records-only';

let lab: Lab;
const begin = async (options: Parameters<typeof start>[0] = {}) => {
  lab = await start(options);
};
afterEach(() => lab.close());

test('an account is given, loaded elsewhere and begun anew by calls', async () => {
  await begin();
  const [id] = await lab.droplets('a');
  await lab.call('POST', '/v2/domains', { name: 'example.test' });
  const preset = (await lab.call('GET', '/_lab/account')).body;
  expect((await lab.call('DELETE', '/_lab/account')).status).toBe(204);
  expect((await lab.call('GET', '/v2/droplets')).body.droplets).toEqual([]);
  expect((await lab.call('GET', '/v2/projects/default')).status).toBe(200);
  expect((await lab.call('GET', '/v2/vpcs')).body.meta.total).toBeGreaterThan(10);
  const other = await start();
  try {
    expect((await other.call('PUT', '/_lab/account', preset)).status).toBe(204);
    expect((await other.call('GET', `/v2/droplets/${id}`)).body.droplet.name).toBe('a');
    expect((await other.call('GET', '/v2/droplets?name=a')).body.meta.total).toBe(1);
    expect((await other.call('GET', '/v2/domains/example.test/records')).body.meta.total).toBe(4);
    const next = await other.call('POST', '/v2/droplets', droplet({ name: 'b' }));
    expect(next.body.droplet.id).toBeGreaterThan(id as number);
  } finally {
    await other.close();
  }
});

test('what was under way in an account is not done to the next one', async () => {
  await begin();
  const mend = lab.fault({ call: 'POST /v2/droplets', kind: 'never-completes' });
  const { body: before } = await lab.call('POST', '/v2/droplets', droplet());
  lab.reset();
  const { body: after } = await lab.call('POST', '/v2/droplets', droplet({ name: 'new' }));
  expect(after.droplet.id).toBe(before.droplet.id);
  mend();
  await lab.until(`/v2/droplets/${after.droplet.id}`, ({ droplet }) => droplet.status === 'active');
  expect((await lab.call('GET', '/v2/actions')).body.meta.total).toBe(1);
});

test.each([
  [{ tables: { fish: [] } }, "The account can't be loaded: There is no table fish."],
  [{ tables: { tags: [['t']] } }, expect.stringContaining('tables.tags.0')],
  [{ hello: 1 }, expect.stringContaining('tables is required')],
  [{ tables: { droplets: [[1, null]] } }, expect.stringContaining("The account can't be loaded: ")],
])('%j is not loaded, and the account stays as it was', async (wrong, message) => {
  await begin();
  await lab.call('POST', '/v2/tags', { name: 't' });
  const before = (await lab.call('GET', '/_lab/account')).body;
  const { status, body } = await lab.call('PUT', '/_lab/account', wrong);
  expect([status, body.message]).toEqual([422, message]);
  expect((await lab.call('GET', '/_lab/account')).body).toEqual(before);
});

test('an account whose droplets run is not replaced', async () => {
  await begin({ hardware: { ...recordsOnly } });
  expect((await lab.call('PUT', '/_lab/account', { tables: {} })).body.message).toBe(
    "The account can't be loaded: Droplets run that it knows nothing of.",
  );
  expect((await lab.call('DELETE', '/_lab/account')).status).toBe(422);
});

test('only the full token gives or takes an account', async () => {
  await begin({ tokens: [{ token: 'wide', scopes: ['read'] }] });
  for (const method of ['GET', 'PUT', 'DELETE'])
    for (const [token, status] of [
      ['wide', 403],
      ['wrong', 401],
    ] as const)
      expect((await lab.call(method, '/_lab/account', undefined, token)).status).toBe(status);
});

test('a call says what load balancers find of a droplet', async () => {
  await begin();
  const [id] = await lab.droplets('a');
  const rule = { entry_protocol: 'tcp', entry_port: 80, target_protocol: 'tcp', target_port: 80 };
  const balancer = { name: 'l', region: 'fra1', forwarding_rules: [rule], droplet_ids: [id] };
  const { load_balancer } = (await lab.call('POST', '/v2/load_balancers', balancer)).body;
  const query = `lb_id=${load_balancer.id}&start=1620683817&end=1620705417`;
  const seen = async () =>
    (await lab.call('GET', `/v2/monitoring/metrics/load_balancer/droplets_health_checks?${query}`)).body.data
      .result[0].values;
  const say = (body: unknown, droplet = id) => lab.call('PUT', `/_lab/droplets/${droplet}/health`, body);
  expect(await seen()).toEqual([[1620705417, '1']]);
  expect((await say({ healthy: false })).status).toBe(204);
  expect(await seen()).toEqual([[1620705417, '0']]);
  expect((await say({ healthy: true })).status).toBe(204);
  expect(await seen()).toEqual([[1620705417, '1']]);
  expect((await say({ healthy: 'no' })).body.message).toMatch(/^healthy: /);
  expect((await say({ healthy: false }, 1)).status).toBe(404);
});
