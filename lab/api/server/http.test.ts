import { connect } from 'node:net';
import { droplet, type Lab, start, TOKEN } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const authorization = `Bearer ${TOKEN}`;

test.each([
  ['POST', '/v2/kubernetes/clusters'],
  ['GET', '/v2/apps'],
  ['POST', '/v2/1-clicks/kubernetes'],
])('%s %s, which is not emulated, is refused with 501 by name', async (method, path) => {
  const { status, body } = await lab.call(method, `${path}?page=1`, method === 'GET' ? undefined : {});
  expect([status, body.id]).toEqual([501, 'not_implemented']);
  expect(body.message).toMatch(
    new RegExp(
      `^${method} ${path} is not emulated by the lab. It has calls of: 1-clicks, account, .*domains, droplets,.*`,
    ),
  );
  expect((await lab.call(method, path, undefined, 'wrong')).status).toBe(401);
});

test.each(['/v2/nothing', '/v2', '/', '/v1/droplets', '/v2/droplets/1/nothing', '/v2/constructor'])(
  '%s, which DigitalOcean does not have, is not found',
  async (path) => {
    const { status, body } = await lab.call('GET', path);
    expect([status, body.id, body.message]).toEqual([
      ...[404, 'not_found', 'The resource you requested could not be found.'],
    ]);
  },
);

test.each([
  ['PATCH', '/v2/droplets/1', 'GET, HEAD, DELETE'],
  ['PUT', '/v2/account', 'GET, HEAD'],
  ['DELETE', '/v2/projects/default', 'GET, HEAD, PUT, PATCH'],
  ['GET', '/v2/droplets/actions', 'POST'],
  ['PROPFIND', '/v2/tags', 'GET, HEAD, POST'],
  ['PUT', '/v2//tags/x/', 'GET, HEAD, DELETE'],
  ['POST', '/v2/apps/', 'GET, HEAD, POST'],
])('%s %s is 501 where DigitalOcean has it, else 405 with what there is', async (method, path, allowed) => {
  const { status, body, headers } = await lab.call(method, path, method === 'GET' ? undefined : {});
  if (allowed.split(', ').includes(method)) {
    expect(status).toBe(501);
  } else {
    expect([status, body.id, headers.get('allow')]).toEqual([405, 'method_not_allowed', allowed]);
  }
});

test('HEAD has the headers of GET, and no body', async () => {
  const get = await lab.call('GET', '/v2/account');
  const head = await fetch(`${lab.url}/v2/account`, { method: 'HEAD', headers: { authorization } });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
  expect((await fetch(`${lab.url}/v2/account`, { method: 'HEAD' })).status).toBe(401);
});

test('a page of an origin that was named may ask, after a preflight that needs no token', async () => {
  const origin = 'https://panel.example.test';
  await lab.close();
  lab = await start({ origins: [origin] });
  const preflight = await fetch(`${lab.url}/v2/droplets`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-headers': 'authorization' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('allow')).toBe('GET, HEAD, POST, DELETE, OPTIONS');
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
  const answer = await fetch(`${lab.url}/v2/droplets`, { headers: { origin, authorization } });
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  expect(answer.headers.get('access-control-expose-headers')).toContain('ratelimit-remaining');
  const own = await lab.call('GET', '/v2/droplets');
  expect(own.headers.get('access-control-allow-origin')).toBeNull();
});

test('every answer has a request id, the limits, and JSON in UTF-8', async () => {
  for (const [method, path, token] of [
    ['GET', '/v2/account', TOKEN],
    ['GET', '/v2/account', 'wrong'],
    ['GET', '/v2/droplets/1', TOKEN],
    ['PATCH', '/v2/account', TOKEN],
    ['GET', '/v2/nothing', TOKEN],
    ['GET', '/v2/tags/%zz', TOKEN],
  ] as const) {
    const { headers, status, body } = await lab.call(method, path, undefined, token);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    if (status >= 400) expect(body.request_id).toBe(headers.get('x-request-id'));
    if (path !== '/v2/tags/%zz') {
      expect(headers.get('ratelimit-limit')).toBe('5000');
      expect(Number(headers.get('ratelimit-remaining'))).toBeLessThanOrEqual(5000);
      expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
    }
  }
});

test('slashes at the end or twice lead to the same call, but to no list of alerts', async () => {
  for (const path of ['/v2/account/', '//v2//account', '/v2/account/?page=1'])
    expect((await lab.call('GET', path)).status).toBe(200);
  expect((await lab.call('GET', '/v2/monitoring/alerts')).status).toBe(200);
  expect((await lab.call('GET', '/v2/monitoring/alerts/')).status).toBe(404);
});

test('what a path names may be written with percent signs', async () => {
  await lab.call('POST', '/v2/tags', { name: 'env:test' });
  for (const name of ['env:test', 'env%3Atest', '%65nv%3atest'])
    expect((await lab.call('GET', `/v2/tags/${name}`)).body.tag.name).toBe('env:test');
});

test.each([
  ['1e3'],
  ['0x10'],
  ['%20ID'],
  ['ID.0'],
  ['+ID'],
  ['0ID'],
  ['-1'],
  ['99999999999999999999'],
  ['constructor'],
  ['x'.repeat(5000)],
])('the id %s is nobody’s', async (text) => {
  const [id] = await lab.droplets('a');
  for (const path of ['droplets', 'actions', 'account/keys'])
    expect((await lab.call('GET', `/v2/${path}/${text.replace('ID', String(id))}`)).status).toBe(404);
});

test('links lead to where the client asked, whatever host it names', async () => {
  for (const host of ['api.digitalocean.com:8443', 'a b', '[', '%']) {
    const answer: string = await new Promise((resolve) => {
      const { hostname, port } = new URL(lab.url);
      let text = '';
      const socket = connect(Number(port), hostname, () =>
        socket.write(
          `POST /v2/droplets HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${authorization}\r\nconnection: close\r\n` +
            `content-length: ${JSON.stringify(droplet()).length}\r\n\r\n${JSON.stringify(droplet())}`,
        ),
      );
      socket.on('data', (data) => (text += data)).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 202/);
    const { links } = JSON.parse(answer.slice(answer.indexOf('{')));
    const name = host.startsWith('api') ? host : 'localhost';
    expect(links.actions[0].href).toBe(`http://${name}/v2/actions/${links.actions[0].id}`);
  }
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['too many headers', `GET /v2/account HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
])("%s is answered in DigitalOcean's error shape too", async (_, request, status) => {
  const { hostname, port } = new URL(lab.url);
  const answer: string = await new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('data', (data) => (text += data)).on('close', () => resolve(text));
  });
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(Object.keys(JSON.parse(answer.slice(answer.indexOf('{'))))).toEqual(['id', 'message', 'request_id']);
});
