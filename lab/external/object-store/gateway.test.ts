import { request } from 'node:http';
import type { Grant, SpacesKey } from '../../api/spaces-key/stored-spaces-key';
import { elements, textOf } from '../../apply/spaces';
import { type S3Key, signed } from '../../common/aws-signature';
import { startSpaces, type TestSpaces } from './testing/spaces';

const key = (accessKey: string, ...grants: Grant[]): SpacesKey => ({
  ...{ accessKey, secretKey: `secret of ${accessKey}`, name: accessKey, grants, createdAt: '' },
});
const FULL = key('FULL', { bucket: '', permission: 'fullaccess' });
const READER = key('READER', { bucket: 'one', permission: 'read' });
const WRITER = key(
  'WRITER',
  { bucket: 'one', permission: 'readwrite' },
  { bucket: 'two', permission: 'read' },
);
const NONE = key('NONE');

let spaces: TestSpaces;
let keys: Map<string, SpacesKey>;

beforeEach(async () => {
  keys = new Map([FULL, READER, WRITER, NONE].map((key) => [key.accessKey, key]));
  spaces = await startSpaces((accessKey) => keys.get(accessKey));
  for (const bucket of ['one', 'two']) expect(await status(FULL, 'PUT', `/${bucket}`)).toBe(200);
  for (const bucket of ['one', 'two']) expect(await status(FULL, 'PUT', `/${bucket}/a`, 'content')).toBe(200);
});
afterEach(() => spaces.close());

interface Asked {
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly now?: Date;
  readonly timeout?: number;
  /** Is called when the request has arrived; it needs the header `expect`. */
  readonly onArrival?: () => void;
}

const HOST = 'fra1.digitaloceanspaces.com';

function ask(by: S3Key | undefined, method: string, path: string, body = '', asked: Asked = {}) {
  const plain = { host: asked.host ?? HOST, ...asked.headers };
  const headers = by ? signed(by, { method, path, headers: plain }, body, asked.now) : plain;
  const { timeout = 60_000 } = asked;
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(spaces.url);
    const options = { hostname, port, method, path, agent: false, signal: AbortSignal.timeout(timeout) };
    const call = request({ ...options, headers: { 'content-length': Buffer.byteLength(body), ...headers } });
    call.on('response', async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode ?? 0, text });
    });
    if (asked.onArrival) call.on('continue', asked.onArrival);
    call.on('error', reject).end(body);
  });
}

const status = async (...what: Parameters<typeof ask>) => (await ask(...what)).status;
const code = async (...what: Parameters<typeof ask>) => textOf((await ask(...what)).text, 'Code');

test('only who has the secret of a key is let in, and only as long as the key is there', async () => {
  expect(await ask(READER, 'GET', '/one/a')).toEqual({ status: 200, text: 'content' });
  expect(await code({ ...READER, secretKey: 'wrong' }, 'GET', '/one/a')).toBe('SignatureDoesNotMatch');
  expect(await code({ ...READER, accessKey: 'NOBODY' }, 'GET', '/one/a')).toBe('InvalidAccessKeyId');
  expect(await code(undefined, 'GET', '/one/a')).toBe('AccessDenied');
  keys.delete('READER');
  expect(await code(READER, 'GET', '/one/a')).toBe('InvalidAccessKeyId');
});

test('a signature of the old form is refused by its name', async () => {
  const headers = { authorization: 'AWS FULL:c2lnbmF0dXJl' };
  expect((await ask(undefined, 'GET', '/one/a', '', { headers })).text).toContain(
    'no signatures of version 2',
  );
  expect(await status(undefined, 'GET', '/one/a?AWSAccessKeyId=FULL&Expires=9999999999&Signature=x')).toBe(
    400,
  );
});

test('a signature is good for a quarter of an hour', async () => {
  const now = new Date(Date.now() - 16 * 60_000);
  expect(await code(READER, 'GET', '/one/a', '', { now })).toBe('RequestTimeTooSkewed');
});

test('a key may do in a bucket what it is granted there, and nothing elsewhere', async () => {
  const tried: [S3Key, string, string][] = [
    ...(['GET', 'PUT', 'DELETE'] as const).map((method): [S3Key, string, string] => [
      READER,
      method,
      '/one/a',
    ]),
    ...(['GET', 'PUT', 'DELETE'] as const).map((method): [S3Key, string, string] => [
      READER,
      method,
      '/two/a',
    ]),
    ...(['GET', 'PUT', 'DELETE'] as const).map((method): [S3Key, string, string] => [
      WRITER,
      method,
      '/two/b',
    ]),
    ...(['PUT', 'GET', 'DELETE'] as const).map((method): [S3Key, string, string] => [
      WRITER,
      method,
      '/one/b',
    ]),
    [NONE, 'GET', '/one/a'],
  ];
  const seen = [];
  for (const [by, method, path] of tried)
    seen.push(`${by.accessKey} ${method} ${path} ${await status(by, method, path)}`);
  expect(seen).toEqual([
    ...['READER GET /one/a 200', 'READER PUT /one/a 403', 'READER DELETE /one/a 403'],
    ...['READER GET /two/a 403', 'READER PUT /two/a 403', 'READER DELETE /two/a 403'],
    ...['WRITER GET /two/b 404', 'WRITER PUT /two/b 403', 'WRITER DELETE /two/b 403'],
    ...['WRITER PUT /one/b 200', 'WRITER GET /one/b 200', 'WRITER DELETE /one/b 204'],
    'NONE GET /one/a 403',
  ]);
});

test('the buckets themselves are for full access', async () => {
  for (const [method, path] of [
    ...[
      ['PUT', '/three'],
      ['DELETE', '/one'],
      ['GET', '/'],
      ['PUT', '/one?versioning'],
      ['PUT', '/one?policy'],
    ],
    ...[
      ['GET', '/one?policy'],
      ['PUT', '/one?lifecycle'],
      ['PUT', '/one?acl'],
    ],
  ] as const)
    expect([method, path, await status(WRITER, method ?? '', path ?? '')]).toEqual([method, path, 403]);
  for (const path of ['/one?versioning', '/one?location', '/one?list-type=2&prefix=a', '/one?versions'])
    expect([path, await code(READER, 'GET', path)]).not.toEqual([path, 'AccessDenied']);
});

test('what is copied must be readable, too', async () => {
  const headers = { 'x-amz-copy-source': '/two/a' };
  expect(await status(WRITER, 'PUT', '/one/copy', '', { headers })).toBe(200);
  keys.set('WRITER', { ...WRITER, grants: [{ bucket: 'one', permission: 'readwrite' }] });
  expect(await status(WRITER, 'PUT', '/one/copy', '', { headers })).toBe(403);
});

test('a bucket is in one region, by either form of its name, and its name is taken in all', async () => {
  const other = { host: 'nyc3.digitaloceanspaces.com' };
  expect(await code(FULL, 'GET', '/one/a', '', other)).toBe('NoSuchBucket');
  expect(await code(FULL, 'PUT', '/one', '', other)).toBe('BucketAlreadyExists');
  expect(await ask(READER, 'GET', '/a', '', { host: `one.${HOST}` })).toEqual({
    status: 200,
    text: 'content',
  });
  expect(textOf((await ask(READER, 'GET', '/one?location')).text, 'LocationConstraint')).toBe('fra1');
  const names = async (asked?: Asked) => elements((await ask(FULL, 'GET', '/', '', asked)).text, 'Name');
  expect([await names(), await names(other)]).toEqual([['one', 'two'], []]);
  expect(await code(FULL, 'PUT', '/Not_a_name')).toBe('InvalidBucketName');
  expect(await status(FULL, 'GET', '/', '', { host: 'mars1.digitaloceanspaces.com' })).toBe(400);
});

test('what is sent in signed chunks arrives without their frames', async () => {
  const frame = (text: string) =>
    `${text.length.toString(16)};chunk-signature=${'0'.repeat(64)}\r\n${text}\r\n`;
  const body = `${frame('a'.repeat(70_000))}${frame('bc\r\n')}${frame('').trimEnd()}\r\nx-amz-checksum-crc32:AAAA\r\n\r\n`;
  const headers = {
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '70004',
    'content-encoding': 'aws-chunked',
  };
  const path = '/one/chunks';
  expect(await status(WRITER, 'PUT', path, body, { headers })).toBe(200);
  expect((await ask(WRITER, 'GET', path)).text).toBe(`${'a'.repeat(70_000)}bc\r\n`);
});

test('it is late, refuses, has no room or no capacity, until it is mended', async () => {
  const { gateway } = spaces;
  await gateway.fail({ kind: '403', milliseconds: 0 });
  expect(await code(FULL, 'GET', '/one/a')).toBe('AccessDenied');
  await gateway.fail({ kind: '503', milliseconds: 0 });
  expect(await code(FULL, 'GET', '/one/a')).toBe('SlowDown');
  await gateway.fail({ kind: 'full', milliseconds: 0 });
  expect(await code(FULL, 'PUT', '/one/b', 'x')).toBe('QuotaExceeded');
  expect([await status(FULL, 'GET', '/one/a'), await status(FULL, 'DELETE', '/one/a')]).toEqual([200, 204]);
  await gateway.fail({ kind: 'delay', milliseconds: 300 });
  const start = Date.now();
  expect(await status(FULL, 'GET', '/two/a')).toBe(200);
  expect(Date.now() - start).toBeGreaterThanOrEqual(299);
  await gateway.fail(undefined);
  expect(await status(FULL, 'PUT', '/one/b', 'x')).toBe(200);
});

test('a call that hangs has no answer, and none when that is mended', async () => {
  await spaces.gateway.fail({ kind: 'hang', milliseconds: 0 });
  await expect(ask(FULL, 'GET', '/two/a', '', { timeout: 200 })).rejects.toThrow('abort');
  const headers = { expect: '100-continue' };
  const mend = () => void spaces.gateway.fail(undefined);
  await expect(ask(FULL, 'GET', '/two/a', '', { headers, onArrival: mend })).rejects.toThrow(
    'socket hang up',
  );
  expect(await status(FULL, 'GET', '/two/a')).toBe(200);
});

test('while it is dead nobody listens', async () => {
  await spaces.gateway.fail({ kind: 'dead', milliseconds: 0 });
  await expect(ask(FULL, 'GET', '/two/a')).rejects.toThrow('ECONNREFUSED');
});
