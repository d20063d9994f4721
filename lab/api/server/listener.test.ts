import { connect } from 'node:net';
import { type Lab, start, TOKEN } from '../testing/client';

let lab: Lab;
beforeAll(async () => {
  lab = await start();
});
afterAll(() => lab.close());

/** What the server says to the beginning of a request that is never finished, once it hangs up. */
const answerTo = (beginning: string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(lab.url);
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(beginning));
    socket.on('data', (data) => (text += data)).on('close', () => resolve(text));
    socket.on('error', reject);
  });

test.each([
  ['headers', 'GET /v2/account HTTP/1.1\r\nhost: localhost\r\n'],
  [
    'body',
    `POST /v2/tags HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${TOKEN}\r\ncontent-length: 100\r\n\r\n{"name":`,
  ],
])(
  'a request whose %s never end is closed',
  async (_, beginning) => {
    const answer = await answerTo(beginning);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"id":"request_timeout"');
  },
  240_000,
);
