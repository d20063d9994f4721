import { type Lab, start } from '../testing/client';

const DAEMON = 'daemon-token';
let lab: Lab;
beforeEach(async () => {
  lab = await start({ tokens: [{ token: DAEMON, scopes: ['reserved_ip:update'], name: 'daemon' }] });
});
afterEach(() => lab.close());

describe('a fault', () => {
  test.each([
    ['429', 429],
    ['422', 422],
    ['500', 500],
    ['503', 503],
  ] as const)(
    'of kind %s refuses the calls it names, as often as it says, and no other',
    async (kind, status) => {
      lab.fault({ call: 'GET /v2/tags/*', kind, times: 1, retryAfter: 7 });
      await lab.call('POST', '/v2/tags', { name: 'a' });
      expect((await lab.call('GET', '/v2/tags')).status).toBe(200);
      const faulty = await lab.call('GET', '/v2/tags/a?x=1');
      expect([faulty.status, faulty.headers.get('retry-after')]).toEqual([
        status,
        kind === '429' ? '7' : null,
      ]);
      expect((await lab.call('GET', '/v2/tags/a')).status).toBe(200);
    },
  );

  test('can delay, close the connection, or never answer', async () => {
    const begin = Date.now();
    lab.fault({ call: '* /v2/account', kind: 'delay', milliseconds: 50, times: 1 });
    expect((await lab.call('GET', '/v2/account')).status).toBe(200);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(49);
    const revive = lab.fault({ call: 'GET /v2/**', kind: 'dead' });
    await expect(lab.call('GET', '/v2/account')).rejects.toThrow();
    revive();
    const release = lab.fault({ call: 'GET /v2/account', kind: 'hang', times: 1 });
    const hanging = lab.call('GET', '/v2/account').catch(() => 'closed');
    expect(await Promise.race([hanging, new Promise((r) => setTimeout(r, 100, 'waiting'))])).toBe('waiting');
    release();
    expect(await hanging).toBe('closed');
  });

  test('can lose the answer to what was done', async () => {
    lab.fault({ call: 'POST /v2/tags', kind: 'lost-answer', times: 1 });
    await expect(lab.call('POST', '/v2/tags', { name: 'done' })).rejects.toThrow();
    expect((await lab.call('GET', '/v2/tags/done')).status).toBe(200);
  });

  test('can be set from outside by the full token on loopback, not by another', async () => {
    const fault = { call: 'GET /v2/account', kind: '500' };
    expect((await lab.call('POST', '/_lab/faults', fault, DAEMON)).status).toBe(403);
    expect((await lab.call('POST', '/_lab/faults', fault, 'wrong')).status).toBe(401);
    expect((await lab.call('POST', '/_lab/faults', { ...fault, kind: 'fire' })).status).toBe(422);
    expect((await lab.call('GET', '/v2/account')).status).toBe(200);
    const { status, body } = await lab.call('POST', '/_lab/faults', fault);
    expect(status).toBe(201);
    expect((await lab.call('GET', '/v2/account')).status).toBe(500);
    expect((await lab.call('GET', '/_lab/faults')).body.faults).toHaveLength(1);
    expect((await lab.call('DELETE', `/_lab/faults/${body.fault.id}`)).status).toBe(204);
    expect((await lab.call('GET', '/v2/account')).status).toBe(200);
    const again = await lab.call('DELETE', `/_lab/faults/${body.fault.id}`);
    expect([again.status, again.body.message]).toEqual([
      404,
      `There is no fault ${body.fault.id}: GET /_lab/faults lists those there are.`,
    ]);
  });
});
