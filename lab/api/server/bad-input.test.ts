import fc from 'fast-check';
import { ledger } from '../compatibility/compatibility';
import { type Lab, start } from '../testing/client';
import { world } from '../testing/world';
import type { GoodCall } from '../testing/world-part';

let lab: Lab;
let calls: ReadonlyMap<string, GoodCall>;
beforeAll(async () => {
  lab = await start({ isStrict: true });
  calls = await world(lab);
});
afterAll(() => lab.close());

/** The whole account, to compare. */
const state = () => JSON.stringify([...lab.cloud.store.everything()]);
const methodOf = (call: string) => call.slice(0, call.indexOf(' '));

/** Sends a body that can't be, and sees DigitalOcean's error shape and one sentence. */
async function isRefused(call: string, text: string): Promise<void> {
  const { path } = calls.get(call) as GoodCall;
  const { status, body } = await lab.call(methodOf(call), path, text);
  expect({ text, status: [400, 404, 409, 412, 413, 422, 501].includes(status) ? 'refused' : status }).toEqual(
    {
      text,
      status: 'refused',
    },
  );
  expect(Object.keys(body).sort()).toEqual(['id', 'message', 'request_id']);
  expect(body.id).toMatch(/^[a-z_]+$/);
  expect(body.message).toMatch(/\S/);
}

/** Sees that something leaves the account as it was. */
async function changesNothing(what: string, something: () => Promise<void>): Promise<void> {
  const before = state();
  await something();
  expect([what, state()]).toEqual([what, before]);
}

const mustBeRefused = (call: string, text: string) => changesNothing(text, () => isRefused(call, text));

test('each call that takes a body has a good one here', () => {
  const taking = ledger().calls.filter(({ route }) => route.body);
  expect([...calls.keys()].sort()).toEqual(taking.map(({ route }) => `${route.method} ${route.path}`).sort());
});

test('the good bodies are accepted, each in the account as it was', async () => {
  const account = (await lab.call('GET', '/_lab/account')).body;
  const own = await start();
  try {
    for (const [call, { path, body }] of calls) {
      expect((await own.call('PUT', '/_lab/account', account)).status).toBe(204);
      const { status } = await own.call(methodOf(call), path, body);
      expect([call, status < 300]).toEqual([call, true]);
    }
  } finally {
    await own.close();
  }
});

/** Every place in a value, as the keys that lead there. */
function places(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, one]) =>
          places(one, [...at, Array.isArray(value) ? Number(name) : name]),
        )
      : [];
  return [at, ...inner];
}

function changed(
  value: unknown,
  [first, ...rest]: readonly (string | number)[],
  to: (old: unknown) => unknown,
): unknown {
  if (first === undefined) return to(value);
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) };
  copy[first] = changed(copy[first], rest, to);
  return copy;
}

/** Values of every other type than the given one. An image and an SSH key may be a number or a text. */
function ofOtherType(old: unknown, place: readonly (string | number)[]): unknown[] {
  const all: Record<string, unknown[]> = {
    object: [{}, { a: 1 }, { __proto__: null, toString: 'x' }],
    array: [[], [[]], [null, {}]],
    string: ['', 'x', '12', 'true'],
    number: [0, -1, 1.5, 1e300, 12_345_678_901],
    boolean: [true, false],
  };
  const type = Array.isArray(old) ? 'array' : typeof old;
  const isEither = place[0] === 'image' || place[0] === 'ssh_keys' || place[0] === 'volumes';
  const same = isEither && place.length > 0 && type !== 'array' ? ['number', 'string', 'object'] : [type];
  return Object.entries(all).flatMap(([name, values]) => (same.includes(name) ? [] : values));
}

test('a field of another type is refused, wherever it is', async () => {
  for (const [call, { body }] of calls)
    await changesNothing(call, async () => {
      for (const place of places(body).filter((one) => one.length > 0))
        for (const wrong of ofOtherType(
          place.reduce<unknown>((value, name) => (value as never)[name], body),
          place,
        ))
          await isRefused(call, JSON.stringify(changed(body, place, () => wrong)));
    });
});

/** Objects that may have any keys: a database's own options. */
const FREE: Readonly<Record<string, string>> = {
  'PATCH /v2/databases/:database_cluster_uuid/config': 'config',
};

test('an unknown field is refused, wherever it is, also one that every object has', async () => {
  const names = [
    'colour',
    'Name',
    'name ',
    '',
    'constructor',
    '__proto__',
    'toString',
    'ñ',
    'na\u0000me',
    '\ud800',
  ];
  for (const [call, { body }] of calls)
    await changesNothing(call, async () => {
      for (const place of places(body))
        for (const name of names) {
          const object = place.reduce<unknown>((value, one) => (value as never)[one], body);
          if (typeof object !== 'object' || Array.isArray(object)) continue;
          if (FREE[call] === place.join('.')) continue;
          // By hand, since an object made here would lose __proto__.
          const inside = JSON.stringify({ ...object, '@@': 1 }).replace('"@@"', JSON.stringify(name));
          await isRefused(call, JSON.stringify(changed(body, place, () => '@@@')).replace('"@@@"', inside));
        }
    });
});

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.constantFrom('name', 'type', 'region', '__proto__', 'tags', 'resources'),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  fc.array(fc.jsonValue({ maxDepth: 1 })),
);

test('whatever is no object is refused', async () => {
  const wrong = anything.filter(
    (value) => typeof value !== 'object' || value === null || Array.isArray(value),
  );
  const call = fc.constantFrom(...calls.keys());
  await fc.assert(
    fc.asyncProperty(call, wrong, (one, value) => mustBeRefused(one, JSON.stringify(value))),
    { numRuns: 500 },
  );
});

test.each([
  ['half of it', '{"name": "a"'],
  ['two of them', '{}{}'],
  ['a comma too many', '{"name": "a",}'],
  ['single quotes', "{'name': 'a'}"],
  ['a form', 'name=a&type=b'],
  ['no number', '{"a": NaN}'],
  ['a control character', '{"name": "a\u0000b"}'],
  ['a byte order mark', '\ufeff{}'],
  ['nested a hundred thousand times', '['.repeat(100_000)],
])('JSON that is %s is 400', async (_, text) => {
  for (const call of calls.keys()) {
    const before = state();
    const { status, body } = await lab.call(methodOf(call), (calls.get(call) as GoodCall).path, text);
    expect([status, body.id, body.message]).toEqual([400, 'bad_request', 'error parsing request body']);
    expect(state()).toBe(before);
  }
});

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

test.each([
  ['deep objects', deep(50_000)],
  ['deep lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['a number beyond all', '{"name": 1e999, "type": 1e999, "size_gigabytes": 1e999, "droplet_id": 1e999}'],
  [
    'the last of two that are the same',
    '{"name": "ok", "type": "assign", "name": {}, "type": {}, "resources": {}}',
  ],
  ['very long names', JSON.stringify({ name: 'n'.repeat(100_000), type: 't'.repeat(100_000), x: 1 })],
])('%s are refused', async (_, text) => {
  for (const call of calls.keys()) await mustBeRefused(call, text);
});

test('more than a megabyte is 413, whether or not its length was told before', async () => {
  const text = JSON.stringify({ name: 'x'.repeat(1024 * 1024) });
  const before = state();
  const told = await lab.call('POST', '/v2/tags', text);
  expect([told.status, told.body.id]).toEqual([413, 'payload_too_large']);
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
  const headers = { authorization: 'Bearer admin-token' };
  const streamed = await fetch(`${lab.url}/v2/tags`, {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as never);
  expect([streamed.status, state()]).toEqual([413, before]);
});

test('texts that are out of their limits are refused by their own rules', async () => {
  const tooLong: Readonly<Record<string, object>> = {
    'POST /v2/tags': { name: 't'.repeat(256) },
    'POST /v2/vpcs': { name: 'v', region: 'fra1', description: 'd'.repeat(256) },
    'POST /v2/droplets': { name: 'd'.repeat(256), size: 's-1vcpu-1gb', image: 'debian-13-x64' },
    'POST /v2/volumes': { name: 'v'.repeat(65), region: 'fra1', size_gigabytes: 1 },
    'POST /v2/firewalls': { name: 'f'.repeat(256) },
    'POST /v2/domains': { name: `${'d'.repeat(64)}.test` },
    'POST /v2/projects': { name: 'p'.repeat(176), purpose: 'IoT' },
  };
  for (const [call, body] of Object.entries(tooLong)) await mustBeRefused(call, JSON.stringify(body));
});

test('a query that can not be is refused too', async () => {
  const wrong = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/^0*[1-9]\d*$/.test(text));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('page', 'per_page'), wrong, async (name, value) => {
      const { status, body } = await lab.call('GET', `/v2/tags?${new URLSearchParams({ [name]: value })}`);
      expect([status, body.id]).toEqual([422, 'unprocessable_entity']);
    }),
    { numRuns: 200 },
  );
  for (const path of [
    '/v2/droplets?type=%00',
    '/v2/images?private=1',
    '/v2/snapshots?resource_type=__proto__',
  ])
    expect((await lab.call('GET', path)).status).toBe(422);
});
