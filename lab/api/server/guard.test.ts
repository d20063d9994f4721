import { request } from 'node:http';
import { type Lab, start, TOKEN } from '../testing/client';

let lab: Lab;
beforeAll(async () => {
  lab = await start({ hosts: ['ci.example.test'], origins: ['http://localhost:3000'] });
});
afterAll(() => lab.close());

/** A call with headers that fetch does not let anybody set. */
const ask = (path: string, headers: Readonly<Record<string, string>>, method = 'GET') =>
  new Promise<{ status?: number; message: string }>((resolve, reject) => {
    const all = { authorization: `Bearer ${TOKEN}`, ...headers };
    request(lab.url + path, { method, headers: all }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode, message: text && JSON.parse(text).message }),
      );
    })
      .on('error', reject)
      .end();
  });

test.each([
  '127.0.0.1:8080',
  '192.0.2.7',
  '[::1]:8080',
  'localhost',
  'LOCALHOST:1',
  'lab.localhost:8080',
  'digitalocean',
  'digitalocean:8080',
  'ci.example.test',
  'CI.Example.test.:8080',
  'api.digitalocean.com',
])('a client that calls it %s is answered', async (host) => {
  expect((await ask('/v2/account', { host })).status).toBe(200);
});

test.each([
  'evil.example',
  'evil.example:8080',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'x.ci.example.test',
])('a page whose name %s was made to lead here is not', async (host) => {
  for (const path of ['/v2/account', '/_lab/faults', '/_lab/account'])
    expect(await ask(path, { host })).toEqual({
      status: 421,
      message: `This API is not known as ${host.replace(/:\d+$/, '')}: it was started without that name.`,
    });
});

test.each(['https://evil.example', 'http://localhost:3001', 'null', 'http://127.0.0.1:8080'])(
  'a page of %s may not call, nor ask whether it may',
  async (origin) => {
    for (const method of ['GET', 'OPTIONS', 'DELETE']) {
      const { status, message } = await ask('/_lab/account', { origin }, method);
      expect([status, message]).toEqual([
        403,
        `Web pages of ${origin} may not call this API: it was started without that origin.`,
      ]);
    }
    expect((await ask('/v2/droplets', { origin }, 'OPTIONS')).status).toBe(403);
  },
);

test('a page of an origin that was named may', async () => {
  expect((await ask('/v2/account', { origin: 'http://localhost:3000' })).status).toBe(200);
});
