import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const bring = (prefix: string) =>
  lab.call('POST', '/v2/byoip_prefixes', { prefix, region: 'fra1', signature: 's' });

test('a prefix becomes active, is advertised, and can go', async () => {
  const { status, body } = await bring('203.11.13.0/24');
  expect([status, body]).toMatchObject([202, { region: 'fra1', status: 'in_progress' }]);
  const path = `/v2/byoip_prefixes/${body.uuid}`;
  const { byoip_prefix } = await lab.until(path, (one) => one.byoip_prefix.status === 'active');
  expect(byoip_prefix).toMatchObject({ prefix: '203.11.13.0/24', advertised: false, locked: false });
  expect((await lab.call('PATCH', path, { advertise: true })).body.byoip_prefix.advertised).toBe(true);
  expect((await lab.call('GET', `${path}/ips`)).body.ips).toEqual([]);
  expect((await lab.call('DELETE', path)).status).toBe(202);
  expect((await lab.call('GET', '/v2/byoip_prefixes')).body.meta.total).toBe(0);
});

test.each(['203.11.13.0/25', '203.11.13.1/24', '203.11.13.0', 'x/24', '2001:db8::/32'])(
  '%s is no prefix',
  async (prefix) => {
    expect((await bring(prefix)).status).toBe(422);
  },
);

test('a prefix is brought once', async () => {
  await bring('203.11.13.0/24');
  expect((await bring('203.11.13.0/24')).body.message).toBe('203.11.13.0/24 is there already.');
});
