import fc from 'fast-check';
import { droplet, type Lab, start } from './client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

describe('bad input', () => {
  /** The whole state, to compare. */
  const state = () =>
    JSON.stringify(
      [lab.cloud.droplets, lab.cloud.vpcs, lab.cloud.tags, lab.cloud.actions].map((all) => all.values()),
    );

  test('that is no JSON is 400, and too much of it 413', async () => {
    const bad = await lab.call('POST', '/v2/tags', '{"name":');
    expect([bad.status, bad.body.id]).toEqual([400, 'bad_request']);
    const large = await lab.call('POST', '/v2/tags', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }));
    expect([large.status, large.body.id]).toEqual([413, 'payload_too_large']);
    expect((await lab.call('POST', '/v2/tags', '')).status).toBe(422);
    expect((await lab.call('GET', '/v2/tags/%zz')).status).toBe(400);
  });

  test("of any kind gets DigitalOcean's error shape and changes nothing", async () => {
    const [id] = await lab.droplets('a');
    const { ip } = (await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' })).body.reserved_ip;
    await lab.call('POST', '/v2/domains', { name: 'a.test' });
    const paths = [
      ['POST', '/v2/droplets'],
      ['POST', `/v2/droplets/${id}/actions`],
      ['POST', `/v2/reserved_ips/${ip}/actions`],
      ['POST', '/v2/vpcs'],
      ['POST', '/v2/volumes'],
      ['POST', '/v2/firewalls'],
      ['POST', '/v2/domains/a.test/records'],
      ['POST', '/v2/monitoring/alerts'],
      ['POST', '/v2/uptime/checks'],
      ['POST', '/v2/projects'],
      ['POST', '/v2/account/keys'],
    ] as const;
    const before = state();
    const wrong = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== undefined),
      fc.dictionary(
        fc.constantFrom('name', 'type', 'region', 'size', 'image', '__proto__', 'tags'),
        fc.jsonValue({ maxDepth: 2 }),
      ),
      fc.string({ maxLength: 200 }).map((text) => ({ ...droplet(), [`${text}_`]: text })),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), wrong, async ([method, path], body) => {
        const answer = await lab.call(method, path, JSON.stringify(body));
        expect([400, 404, 409, 422, 501]).toContain(answer.status);
        expect(Object.keys(answer.body).sort()).toEqual(['id', 'message', 'request_id']);
        expect(state()).toBe(before);
      }),
      { numRuns: 600 },
    );
  });
});
