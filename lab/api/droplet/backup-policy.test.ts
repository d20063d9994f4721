import { droplet, type Lab, start } from '../testing/client';
import { nextWindow } from './backup-policy';
import { DROPLETS, type Droplet } from './stored-droplet';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

async function created(more: object): Promise<number> {
  const { body } = await lab.call('POST', '/v2/droplets', droplet(more));
  await lab.until(`/v2/droplets/${body.droplet.id}`, ({ droplet }) => !droplet.locked);
  return body.droplet.id;
}
const policy = async (id: number) => (await lab.call('GET', `/v2/droplets/${id}/backups/policy`)).body.policy;

test('a droplet with backups has a policy, a window, and the feature', async () => {
  const id = await created({ backups: true, backup_policy: { plan: 'weekly', weekday: 'TUE', hour: 20 } });
  expect(await policy(id)).toMatchObject({
    droplet_id: id,
    backup_enabled: true,
    backup_policy: {
      plan: 'weekly',
      weekday: 'TUE',
      hour: 20,
      window_length_hours: 4,
      retention_period_days: 28,
    },
  });
  const { body } = await lab.call('GET', `/v2/droplets/${id}`);
  expect(body.droplet.features).toContain('backups');
  expect(body.droplet.next_backup_window.start).toMatch(/T20:00:00Z$/);
});

test('backups are switched on, changed and off by actions', async () => {
  const id = await created({});
  const path = `/v2/droplets/${id}/actions`;
  expect(await policy(id)).toEqual({ droplet_id: id, backup_enabled: false });
  const change = { type: 'change_backup_policy', backup_policy: { plan: 'daily', weekday: '', hour: 8 } };
  expect((await lab.call('POST', path, change)).status).toBe(422);
  await lab.act(path, { type: 'enable_backups' });
  expect((await policy(id)).backup_policy).toMatchObject({
    plan: 'daily',
    hour: 0,
    retention_period_days: 7,
  });
  await lab.act(path, change);
  expect((await policy(id)).backup_policy.hour).toBe(8);
  expect((await lab.call('POST', path, { type: 'change_backup_policy' })).status).toBe(422);
  await lab.act(path, { type: 'disable_backups' });
  expect((await policy(id)).backup_enabled).toBe(false);
  expect((await lab.call('GET', `/v2/droplets/${id}`)).body.droplet.next_backup_window).toBeNull();
});

test.each([
  [{ backup_policy: { plan: 'daily' } }],
  [{ backups: true, backup_policy: { plan: 'hourly' } }],
  [{ backups: true, backup_policy: { plan: 'weekly', weekday: 'sunday' } }],
  [{ backups: true, backup_policy: { plan: 'daily', hour: 3 } }],
  [{ backups: true, backup_policy: 'daily' }],
])('a droplet with %j is refused', async (more) => {
  expect((await lab.call('POST', '/v2/droplets', droplet(more))).status).toBe(422);
  expect(lab.cloud.of(DROPLETS).size).toBe(0);
});

test('the policies of all droplets come in pages, by their ids', async () => {
  const ids = [await created({ backups: true }), await created({ name: 'b' })];
  const { body } = await lab.call('GET', '/v2/droplets/backups/policies?per_page=1&page=2');
  expect(body.policies).toEqual({ [ids[1] as number]: { droplet_id: ids[1], backup_enabled: false } });
  expect([body.meta.total, body.links.pages.prev]).toEqual([2, expect.stringContaining('page=1')]);
  const { body: supported } = await lab.call('GET', '/v2/droplets/backups/supported_policies');
  expect(supported.supported_policies.map(({ name }: { name: string }) => name)).toEqual(['weekly', 'daily']);
});

test.each([
  ['later today', { plan: 'daily', hour: 20 }, '2026-11-24T20:00:00Z'],
  ['tomorrow when the hour is over', { plan: 'daily', hour: 8 }, '2026-11-25T08:00:00Z'],
  ['on its day', { plan: 'weekly', hour: 4, weekday: 'SUN' }, '2026-11-29T04:00:00Z'],
  ['in a week when its day is over', { plan: 'weekly', hour: 8, weekday: 'TUE' }, '2026-12-01T08:00:00Z'],
])('the next window is %s', (_, backupPolicy, start) => {
  const now = Date.parse('2026-11-24T08:00:00Z'); // a Tuesday
  expect(nextWindow({ backupPolicy } as Droplet, now)?.start).toBe(start);
});
