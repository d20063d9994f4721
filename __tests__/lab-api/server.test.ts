import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { withForcedScopes } from '../../lab/api/scopes';
import type { LabEvent } from '../../lab/events';
import { droplet, type Lab, start, TOKEN } from './client';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAEMON = 'daemon-token';
let lab: Lab;
beforeEach(async () => {
  lab = await start({ tokens: [{ token: DAEMON, scopes: ['reserved_ip:update'], name: 'daemon' }] });
});
afterEach(() => lab.close());

describe('a token', () => {
  test.each([[''], ['wrong'], [`${TOKEN}x`]])('that is %j is refused with 401', async (token) => {
    const { status, body } = await lab.call('GET', '/v2/account', undefined, token);
    expect([status, body.message]).toEqual([401, 'Unable to authenticate you']);
    expect(body.request_id).toMatch(UUID);
  });

  test('can come by basic authentication, as its user', async () => {
    const authorization = `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}`;
    expect((await fetch(`${lab.url}/v2/account`, { headers: { authorization } })).status).toBe(200);
  });

  test('for moving a Reserved IP has the scopes that DigitalOcean forces, and no other', () => {
    expect([...withForcedScopes(['reserved_ip:update'])].sort()).toEqual([
      'actions:read',
      'droplet:read',
      'image:read',
      'regions:read',
      'reserved_ip:read',
      'reserved_ip:update',
      'sizes:read',
    ]);
  });

  test('moves a Reserved IP with that scope, and gets 403 for all else', async () => {
    const [id] = await lab.droplets('a');
    const { ip } = (await lab.call('POST', '/v2/reserved_ips', { region: 'fra1' })).body.reserved_ip;
    const as = (method: string, path: string, body?: unknown) => lab.call(method, path, body, DAEMON);
    const { status, body } = await as('POST', `/v2/reserved_ips/${ip}/actions`, {
      type: 'assign',
      droplet_id: id,
    });
    expect(status).toBe(201);
    expect((await as('GET', `/v2/actions/${body.action.id}`)).status).toBe(200);
    const seen = (await as('GET', `/v2/droplets/${id}`)).body.droplet;
    expect([seen.id, 'vpc_uuid' in seen]).toEqual([id, false]);
    expect('project_id' in (await as('GET', `/v2/reserved_ips/${ip}`)).body.reserved_ip).toBe(false);
    for (const [method, path] of [
      ['DELETE', `/v2/reserved_ips/${ip}`],
      ['POST', '/v2/reserved_ips'],
      ['POST', '/v2/droplets'],
      ['DELETE', `/v2/droplets/${id}`],
      ['POST', `/v2/droplets/${id}/actions`],
      ['GET', '/v2/droplets?tag_name=x'],
      ['GET', '/v2/domains'],
      ['GET', '/v2/account'],
    ] as const) {
      const refused = await as(method, path, method === 'POST' ? {} : undefined);
      expect([path, refused.status, refused.body.id]).toEqual([path, 403, 'Forbidden']);
    }
  });

  test('without ssh_key:read creates droplets, but none with a key', async () => {
    const own = await start({ tokens: [{ token: DAEMON, scopes: ['droplet:create'] }] });
    try {
      const create = (more: object) => own.call('POST', '/v2/droplets', droplet(more), DAEMON);
      expect((await create({})).status).toBe(202);
      for (const more of [{ ssh_keys: [1] }, { tags: ['t'] }, { volumes: ['v'] }, { vpc_uuid: 'v' }])
        expect((await create(more)).status).toBe(403);
    } finally {
      await own.close();
    }
  });
});

describe('a list', () => {
  const names = (body: { tags: { name: string }[] }) => body.tags.map(({ name }) => name);
  const make = async (count: number) => {
    for (let n = 1; n <= count; n++) await lab.call('POST', '/v2/tags', { name: `t${n}` });
  };

  test('comes in pages with links to the others, which lead through all of it', async () => {
    await make(5);
    const { body } = await lab.call('GET', '/v2/tags?per_page=2&page=2');
    const link = (page: number) => `${lab.url}/v2/tags?per_page=2&page=${page}`;
    expect(names(body)).toEqual(['t3', 't4']);
    expect(body.meta).toEqual({ total: 5 });
    expect(body.links.pages).toEqual({ first: link(1), prev: link(1), next: link(3), last: link(3) });
    const { body: last } = await lab.call('GET', body.links.pages.next.slice(lab.url.length));
    expect([names(last), 'next' in last.links.pages]).toEqual([['t5'], false]);
  });

  test('has 20 items a page when nothing is said, and at most 200', async () => {
    await make(21);
    expect((await lab.call('GET', '/v2/tags')).body.tags).toHaveLength(20);
    expect((await lab.call('GET', '/v2/tags?per_page=9999')).body.links).toEqual({});
    expect((await lab.call('GET', '/v2/tags?page=99')).body).toMatchObject({ tags: [], meta: { total: 21 } });
    expect((await lab.call('GET', '/v2/tags?page=x')).status).toBe(422);
  });
});

describe('the limits', () => {
  test('refuse what is too much for a token with 429 and Retry-After, and count each token by itself', async () => {
    const tokens = [{ token: DAEMON, scopes: ['account:read'] }];
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
      expect((await ask(DAEMON)).status).toBe(200);
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
});

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

test('what is not emulated is refused with 501 by name', async () => {
  for (const [method, path] of [
    ['POST', '/v2/kubernetes/clusters'],
    ['GET', '/v2/load_balancers?page=1'],
    ['PATCH', '/v2/droplets/1'],
  ] as const) {
    const { status, body } = await lab.call(method, path, method === 'GET' ? undefined : {});
    expect([status, body.message]).toEqual([
      501,
      `${method} ${path.split('?')[0]} is not emulated by the lab.`,
    ]);
  }
  expect((await lab.call('GET', '/v2/load_balancers', undefined, 'wrong')).status).toBe(401);
});

test('every call is an event, with its status and the name of its token', async () => {
  const events: LabEvent[] = [];
  lab.events.on((event) => events.push(event));
  await lab.call('GET', '/v2/droplets/1', undefined, DAEMON);
  await lab.call('GET', '/v2/account', undefined, 'wrong');
  expect(events).toMatchObject([
    { kind: 'api', method: 'GET', path: '/v2/droplets/1', status: 404, token: 'daemon' },
    { kind: 'api', path: '/v2/account', status: 401 },
  ]);
  expect(JSON.stringify(events)).not.toContain(DAEMON);
});

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
  });
});

test("a unix socket needs no token for the lab's own calls, and is its owner's alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-api-'));
  const socketPath = join(folder, 'api.sock');
  const own = await start({ listen: [{ socket: socketPath }, { port: 0 }] });
  try {
    const status = await new Promise((resolve, reject) => {
      request({ socketPath, path: '/_lab/faults' }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect([status, own.url]).toEqual([200, `unix:${socketPath}`]);
  } finally {
    await own.close();
    rmSync(folder, { recursive: true });
  }
});

test('a port that is taken is one clear sentence', async () => {
  const port = Number(new URL(lab.url).port);
  await expect(start({ port })).rejects.toThrow(
    `The API can't use 127.0.0.1:${port}: another program does; choose another port.`,
  );
});
