import { type Lab, start } from '../testing/client';
import { UPTIME_ALERTS } from '../uptime/stored-uptime-check';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

test('an alert policy is created, replaced and deleted', async () => {
  const policy = {
    type: 'v1/insights/droplet/cpu',
    description: 'cpu',
    compare: 'GreaterThan',
    value: 90.5,
    window: '5m',
    alerts: { email: ['a@example.test'] },
    tags: ['web'],
  };
  const { status, body } = await lab.call('POST', '/v2/monitoring/alerts', policy);
  expect([status, body.policy.alerts.slack, body.policy.enabled]).toEqual([200, [], true]);
  const path = `/v2/monitoring/alerts/${body.policy.uuid}`;
  expect((await lab.call('PUT', path, { ...policy, value: 80, enabled: false })).body.policy).toMatchObject({
    value: 80,
    enabled: false,
  });
  for (const wrong of [
    { type: 'v1/x' },
    { window: '6m' },
    { compare: 'Equal' },
    { value: 'ninety' },
    { alerts: undefined },
    { type: 'constructor' },
  ])
    expect((await lab.call('POST', '/v2/monitoring/alerts', { ...policy, ...wrong })).status).toBe(422);
  expect((await lab.call('GET', '/v2/monitoring/alerts')).body.policies).toHaveLength(1);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect((await lab.call('GET', path)).status).toBe(404);
});

test('an uptime check has a state and alerts, and takes them along when deleted', async () => {
  const check = { name: 'site', type: 'https', target: 'https://example.test/', regions: ['eu_west'] };
  const { status, body } = await lab.call('POST', '/v2/uptime/checks', { ...check, method: 'GET' });
  expect([status, body.check]).toEqual([201, { id: body.check.id, ...check, enabled: true }]);
  const path = `/v2/uptime/checks/${body.check.id}`;
  expect((await lab.call('GET', '/v2/uptime/checks')).body.checks).toEqual([body.check]);
  expect((await lab.call('GET', `${path}/state`)).body.state.regions.eu_west.status).toBe('CHECKING');
  expect((await lab.call('PUT', path, { name: 'new' })).body.check).toEqual({ ...body.check, name: 'new' });
  const alert = {
    name: 'down',
    type: 'down',
    period: '2m',
    notifications: { email: ['a@example.test'], slack: null },
    comparison: '',
  };
  const { body: made } = await lab.call('POST', `${path}/alerts`, alert);
  expect(made.alert).toEqual({
    id: made.alert.id,
    name: 'down',
    type: 'down',
    period: '2m',
    notifications: { email: ['a@example.test'], slack: [] },
  });
  const limit = {
    name: 'slow',
    type: 'latency',
    threshold: 300,
    comparison: 'greater_than',
    notifications: {},
    period: '3m',
  };
  const one = `${path}/alerts/${made.alert.id}`;
  expect((await lab.call('PUT', one, limit)).body.alert).toMatchObject({ type: 'latency', threshold: 300 });
  expect((await lab.call('PUT', one, { ...limit, threshold: undefined })).status).toBe(422);
  expect((await lab.call('GET', `${path}/alerts`)).body.alerts).toHaveLength(1);
  expect((await lab.call('GET', one)).status).toBe(200);
  expect((await lab.call('POST', '/v2/uptime/checks', { ...check, target: 'nonsense' })).status).toBe(422);
  expect((await lab.call('POST', '/v2/uptime/checks', { ...check, regions: ['moon'] })).status).toBe(422);
  expect((await lab.call('DELETE', path)).status).toBe(204);
  expect(lab.cloud.of(UPTIME_ALERTS).size).toBe(0);
});
