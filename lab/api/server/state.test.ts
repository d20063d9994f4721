import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Events } from '../../common/events';
import { USER_DATA } from '../droplet/stored-droplet';
import { TABLES } from '../tables';
import { TAGS } from '../tag/stored-tag';
import { client, droplet, start, TOKEN } from '../testing/client';
import { ACTIONS, Actions } from './action';
import { Cloud } from './cloud';
import { Store } from './store';

let folder: string;
let stateFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-api-'));
  stateFile = join(folder, 'state');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the state survives a restart, and actions that were under way are done', async () => {
  const first = await start({ stateFile, actionTime: () => 60_000 });
  const { body } = await first.call(
    'POST',
    '/v2/droplets',
    droplet({ user_data: '#cloud-config\n', tags: ['t'] }),
  );
  await first.close();
  const second = await start({ stateFile });
  try {
    const { id } = body.droplet;
    const { droplet: done } = await second.until(
      `/v2/droplets/${id}`,
      ({ droplet }) => droplet.status === 'active',
    );
    expect(done).toMatchObject({ name: 'web-1', tags: ['t'], locked: false });
    expect(second.cloud.of(USER_DATA).get(id)).toBe('#cloud-config\n');
    expect((await second.call('GET', '/v2/droplets?tag_name=t')).body.meta.total).toBe(1);
    const next = await second.call('POST', '/v2/droplets', droplet({ name: 'b' }));
    expect(next.body.droplet.id).toBeGreaterThan(id);
  } finally {
    await second.close();
  }
});

test('every answered write survives kill -9', async () => {
  const script = `require('ts-node/register'); require('./lab/api/start-api').startApi({ token: '${TOKEN}',
    rateLimits: 'off', stateFile: ${JSON.stringify(stateFile)} }).then((api) => console.log(api.url));`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const api = client(String(url).trim());
  const answered: string[] = [];
  const write = async (worker: number) => {
    for (let n = 0; ; n++) {
      const { body } = await api.call('POST', '/v2/tags', { name: `t-${worker}-${n}` });
      answered.push(body.tag.name);
    }
  };
  const writers = [1, 2, 3].map((worker) => write(worker).catch(() => undefined));
  while (answered.length < 30) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await Promise.all([...writers, once(child, 'exit')]);
  const after = await start({ stateFile });
  try {
    for (const name of answered) expect(after.cloud.of(TAGS).has(name)).toBe(true);
  } finally {
    await after.close();
  }
});

test('half a line at the end, which nobody was told of, is cut off', async () => {
  const first = await start({ stateFile });
  await first.call('POST', '/v2/tags', { name: 'whole' });
  await first.close();
  appendFileSync(stateFile, '[["tags","torn",{"na');
  for (const name of ['second', 'third']) {
    const next = await start({ stateFile });
    await next.call('POST', '/v2/tags', { name });
    await next.close();
  }
  const last = await start({ stateFile });
  const names = (await last.call('GET', '/v2/tags')).body.tags.map((tag: { name: string }) => tag.name);
  await last.close();
  expect(names).toEqual(['whole', 'second', 'third']);
});

test('a damaged line is one clear sentence', async () => {
  await (await start({ stateFile })).close();
  const lines = readFileSync(stateFile, 'utf8').split('\n').length;
  appendFileSync(stateFile, 'fish\n');
  await expect(start({ stateFile })).rejects.toThrow(
    `${stateFile}: line ${lines} is damaged; remove the file to start with an empty account.`,
  );
});

test.each(['{"hello":1}\n', '{"hello":1}', '[["tags","t",{"name":"t"}]]\n', 'fish', '\u0000\u0001'])(
  'a file with %j is not an account, and stays as it is',
  async (text) => {
    writeFileSync(stateFile, text);
    await expect(start({ stateFile })).rejects.toThrow(
      new Error(`${stateFile} is no account of the lab's API: choose another file.`),
    );
    expect(readFileSync(stateFile, 'utf8')).toBe(text);
  },
);

test.each(['{"hello":1}\n', '["hello"]\n'])(
  'of an account that goes on with %j one sentence says so',
  async (text) => {
    await (await start({ stateFile })).close();
    appendFileSync(stateFile, text);
    await expect(start({ stateFile })).rejects.toThrow(/^\S+: line \d+ is damaged; remove the file/);
  },
);

test('an empty file, and one whose first line was half written, begin an account', async () => {
  for (const text of ['', '{"digitalocean-lab":"acc']) {
    writeFileSync(stateFile, text);
    await (await start({ stateFile })).close();
    await (await start({ stateFile })).close();
  }
});

test('two do not share a file, and what a killed process held is free', async () => {
  const first = await start({ stateFile });
  await expect(start({ stateFile })).rejects.toThrow(
    new Error(`${stateFile} is in use by process ${process.pid}; end that first.`),
  );
  await first.call('POST', '/v2/tags', { name: 't' });
  await first.close();
  expect(existsSync(`${stateFile}.lock`)).toBe(false);
  writeFileSync(`${stateFile}.lock`, `${process.pid} 1`); // an earlier process with this id
  const next = await start({ stateFile });
  expect((await next.call('GET', '/v2/tags')).body.meta.total).toBe(1);
  await next.close();
});

test('the file is rewritten when it has grown, and says the same', () => {
  const store = new Store(stateFile);
  const texts = store.collection<string, string>('texts');
  store.load();
  for (let n = 0; n < 100; n++) {
    store.transaction(() => texts.set(`key ${n % 3}`, `${n} ${'x'.repeat(100_000)}`));
    store.compact();
  }
  store.close();
  expect(statSync(stateFile).size).toBeLessThan(9_000_000);
  const again = new Store(stateFile);
  const read = again.collection<string, string>('texts');
  again.load();
  expect(['key 0', 'key 1', 'key 2'].map((key) => read.get(key)?.split(' ')[0])).toEqual(['99', '97', '98']);
  again.close();
});

test('a transaction that fails leaves no trace, in memory, in indexes or on disk', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const step = fc.record({ key, value: fc.option(fc.nat(3)) });
  fc.assert(
    fc.property(fc.array(step), fc.array(step), (before, failing) => {
      rmSync(stateFile, { force: true });
      const store = new Store(stateFile);
      const items = store.collection<string, number>('items');
      const byValue = items.index((value) => [value]);
      store.load();
      const apply = (steps: typeof before) => {
        for (const { key, value } of steps) value === null ? items.delete(key) : items.set(key, value);
      };
      const snapshot = () => [
        ['a', 'b', 'c'].map((key) => items.get(key)),
        [0, 1, 2, 3].map((value) => byValue.get(value).length),
        readFileSync(stateFile, 'utf8'),
      ];
      store.transaction(() => apply(before));
      const saved = snapshot();
      expect(() =>
        store.transaction(() => {
          apply(failing);
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(snapshot()).toEqual(saved);
      store.close();
    }),
  );
});

test('what a transaction had begun is not done when it fails, not even under the id that the next one gets', async () => {
  const done: unknown[] = [];
  const worker = ({ parameters }: { parameters: object }) => ({
    hardware: async () => void done.push(parameters),
    commit: () => undefined,
  });
  const cloud = new Cloud(TABLES);
  const actions = new Actions(
    cloud,
    new Events(),
    { work: worker },
    () => 0,
    false,
    () => '',
  );
  const begin = (who: string) =>
    actions.start({
      type: 'work',
      resourceType: 'droplet',
      resourceId: 1,
      region: 'fra1',
      subjects: ['droplet:1'],
      parameters: { who },
    });
  const failing = () => {
    begin('failed');
    throw new Error('no');
  };
  expect(() => cloud.store.transaction(failing)).toThrow('no');
  const { id } = cloud.store.transaction(() => begin('next'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([cloud.of(ACTIONS).get(id)?.status, done]).toEqual(['completed', [{ who: 'next' }]]);
});
