import { start } from '../testing/client';

const OTHER = 'other-token';

describe('the limits', () => {
  test('refuse what is too much for a token with 429 and Retry-After, and count each token by itself', async () => {
    const tokens = [{ token: OTHER, scopes: ['account:read'] }];
    const own = await start({ rateLimits: { perHour: 100, perMinute: 3 }, tokens });
    try {
      const ask = (token?: string) => own.call('GET', '/v2/account', undefined, token);
      const first = await ask();
      expect(first.headers.get('ratelimit-limit')).toBe('100');
      expect(first.headers.get('ratelimit-remaining')).toBe('99');
      expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 + 3590);
      await ask();
      await ask();
      const { status, body, headers } = await ask();
      expect([status, body.id, headers.get('ratelimit-remaining')]).toEqual([429, 'too_many_requests', '0']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
      expect((await ask(OTHER)).status).toBe(200);
    } finally {
      await own.close();
    }
  });

  test("are DigitalOcean's when nothing is said", async () => {
    const own = await start({ rateLimits: undefined });
    try {
      const answers = await Promise.all(Array.from({ length: 260 }, () => own.call('GET', '/v2/account')));
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    } finally {
      await own.close();
    }
  });

  test('let SSH keys be listed ten times a minute', async () => {
    const own = await start({ rateLimits: undefined });
    try {
      const list = () => own.call('GET', '/v2/account/keys');
      for (let n = 0; n < 10; n++) expect((await list()).status).toBe(200);
      const { status, headers } = await list();
      expect([status, Number(headers.get('retry-after')) > 50]).toEqual([429, true]);
      expect((await own.call('GET', '/v2/account')).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});
