import type { LabEvent } from '../../common/events';
import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
const begin = async (isStrict = false) => {
  lab = await start({ isStrict });
};
afterEach(() => lab.close());

const RULE = { protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0'], colour: 'red' } };

test('keys that nobody knows are ignored, and named in a header and an event', async () => {
  await begin();
  const events: LabEvent[] = [];
  lab.events.on((event) => events.push(event));
  const sent =
    '{"name": "fw", "timeout": 5, "firewall": null, "__proto__": {"x": 1}, "constructor": 1, "ñ\\n\\ud800": 1';
  const { status, headers, body } = await lab.call(
    'POST',
    '/v2/firewalls',
    `${sent}, "inbound_rules": [${JSON.stringify(RULE)}]}`,
  );
  expect([status, body.firewall.name]).toEqual([202, 'fw']);
  const names = ['timeout', 'firewall', '__proto__', 'constructor', 'inbound_rules.0.sources.colour'];
  const told = headers.get('x-lab-ignored')?.split(', ').map(decodeURIComponent);
  expect(told?.sort()).toEqual([...names, 'ñ\n\ufffd'].sort());
  expect(events.at(-1)).toMatchObject({ kind: 'api', ignored: expect.arrayContaining(names) });
});

test('a call without unknown keys has no such header', async () => {
  await begin();
  const { headers } = await lab.call('POST', '/v2/tags', { name: 't' });
  expect(headers.get('x-lab-ignored')).toBeNull();
});

test('numbers and booleans may come as texts', async () => {
  await begin();
  const made = await lab.call('POST', '/v2/droplets', droplet({ ipv6: 'true', monitoring: 'false' }));
  const { id, features } = made.body.droplet;
  expect([made.status, features.includes('ipv6'), features.includes('monitoring')]).toEqual([
    202,
    true,
    false,
  ]);
  await lab.until(`/v2/droplets/${id}`, ({ droplet }) => !droplet.locked);
  const volume = await lab.call('POST', '/v2/volumes', { name: 'v', region: 'fra1', size_gigabytes: '10' });
  expect(volume.body.volume.size_gigabytes).toBe(10);
  const path = `/v2/volumes/${volume.body.volume.id}/actions`;
  await lab.act(path, { type: 'attach', droplet_id: String(id) });
});

test.each(['ten', '', '1e3', '0x10', ' 1', 'true'])('the text "%s" is no number', async (size_gigabytes) => {
  await begin();
  const { status, body } = await lab.call('POST', '/v2/volumes', {
    name: 'v',
    region: 'fra1',
    size_gigabytes,
  });
  expect([status, body.message]).toEqual([422, expect.stringContaining('size_gigabytes: ')]);
});

test('a mistake is told of, not the unknown keys beside it', async () => {
  await begin();
  const { body } = await lab.call('POST', '/v2/tags', { name: 'no space', timeout: 1 });
  expect(body.message).toBe('name: may only contain letters, numbers, colons, dashes and underscores');
});

test('where it is asked to be strict, unknown keys and texts for numbers are refused', async () => {
  await begin(true);
  const tag = await lab.call('POST', '/v2/tags', { name: 't', timeout: 1 });
  expect([tag.status, tag.body.message]).toEqual([422, 'Unrecognized key: "timeout"']);
  const volume = { name: 'v', region: 'fra1', size_gigabytes: '10' };
  expect((await lab.call('POST', '/v2/volumes', volume)).status).toBe(422);
});

test('what is missing is said to be required', async () => {
  await begin();
  const { body } = await lab.call('POST', '/v2/firewalls', {
    name: 'fw',
    inbound_rules: [{ protocol: 'tcp' }],
  });
  expect(body.message).toBe('inbound_rules.0.sources is required');
});
