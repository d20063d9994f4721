import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Lab, start, TOKEN } from '../testing/client';
import { jsonOf, parseDigits, storable } from './digits';

const MOST = '9223372036854775807';
const KAFKA = { name: 'kafka', engine: 'kafka', region: 'fra1', size: 'db-s-2vcpu-2gb', num_nodes: 3 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-digits-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The text of an answer: to parse it would lose the digits. */
async function ask(lab: Lab, method: string, path: string, body?: string): Promise<string> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return (await fetch(lab.url + path, { method, headers, ...(body ? { body } : {}) })).text();
}

test("an option of Kafka's leaves as it came, also after a restart and in another account", async () => {
  const stateFile = join(folder, 'state');
  const first = await start({ stateFile });
  const { id } = (await first.call('POST', '/v2/databases', KAFKA)).body.database;
  const base = `/v2/databases/${id}`;
  const topic = `{"name": "t", "config": {"flush_ms": ${MOST}, "retention_ms": -${MOST}}}`;
  expect(await ask(first, 'POST', `${base}/topics`, topic)).toContain(`"flush_ms":${MOST},`);
  await ask(first, 'PATCH', `${base}/config`, `{"config": {"log_flush_interval_ms": ${MOST}}}`);
  const preset = await ask(first, 'GET', '/_lab/account');
  await first.close();
  const second = await start({ stateFile });
  const other = await start();
  try {
    expect(await ask(other, 'PUT', '/_lab/account', preset)).toBe('');
    for (const lab of [second, other]) {
      expect(await ask(lab, 'GET', `${base}/config`)).toBe(`{"config":{"log_flush_interval_ms":${MOST}}}`);
      const kept = await ask(lab, 'GET', `${base}/topics/t`);
      expect(kept).toContain(`"flush_ms":${MOST},`);
      expect(kept).toContain(`"retention_ms":-${MOST},`);
    }
  } finally {
    await second.close();
    await other.close();
  }
});

test.each([
  [
    '/v2/droplets',
    `{"name": "a", "region": "fra1", "size": "s-1vcpu-1gb", "image": ${MOST}}`,
    'image: must be an id or a slug',
  ],
  [
    '/v2/volumes',
    `{"name": "v", "region": "fra1", "size_gigabytes": ${MOST}}`,
    'size_gigabytes: Invalid input: expected number, received a number with too many digits',
  ],
  [
    '/v2/tags',
    `{"name": ${MOST}}`,
    'name: Invalid input: expected string, received a number with too many digits',
  ],
])('nothing else of %s takes so large a number', async (path, body, message) => {
  const lab = await start();
  try {
    const answer = await lab.call('POST', path, body);
    expect([answer.status, answer.body.message]).toEqual([422, message]);
    const account = `{"tables": {"droplets": [["x", {"any": [${MOST}]}]]}}`;
    expect((await lab.call('PUT', '/_lab/account', account)).status).toBeLessThan(500);
    expect((await lab.call('GET', '/_lab/account')).status).toBe(200);
  } finally {
    await lab.close();
  }
});

test('whole numbers keep all their digits, whatever stands around them, and texts theirs', () => {
  const part = fc.oneof(
    fc.bigInt().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '"9223372036854775807"',
      '"\\\\"',
      '"\\""',
      '1.12345678901234567',
      'null',
      '{"a":[1e300]}',
    ),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = `[${parts.join(',')}]`;
      const answer = jsonOf(storable(parseDigits(text)));
      const numbers = (json: string) =>
        json.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/(?<![\d.e+-])-?\d+(?![\d.e])/g);
      expect(JSON.parse(answer)).toEqual(JSON.parse(text));
      expect(numbers(answer)).toEqual(numbers(text));
    }),
  );
});
