import { droplet, type Lab, start, TOKEN } from '../testing/client';

let lab: Lab;
let asked = 0;
beforeEach(async () => {
  asked = 0;
  lab = await start({
    tokens: [
      { token: 'reader', scopes: ['droplet:read'], name: 'twin' },
      { token: 'wide', scopes: ['read'], name: 'twin' },
    ],
    onAnswer: ({ method }) => {
      if (method === 'GET') asked++;
    },
  });
});
afterEach(() => lab.close());

test('what has not changed is worked out once a second at most, and answered in the same words', async () => {
  await lab.droplets('a');
  const [before, begin] = [asked, Date.now()];
  const answers = new Set<string>();
  for (let n = 0; n < 50; n++) answers.add(JSON.stringify((await lab.call('GET', '/v2/droplets')).body));
  expect(answers.size).toBe(1);
  expect(asked - before).toBeLessThanOrEqual(2 + (Date.now() - begin) / 1000);
});

test('a change is seen by the next call, whoever made it', async () => {
  for (let n = 1; n <= 20; n++) {
    const { body } = await lab.call('POST', '/v2/droplets', droplet({ name: `d-${n}` }));
    expect((await lab.call('GET', '/v2/droplets')).body.meta.total).toBe(n);
    await lab.until(`/v2/droplets/${body.droplet.id}`, ({ droplet }) => droplet.status === 'active');
  }
  lab.reset();
  expect((await lab.call('GET', '/v2/droplets')).body.meta.total).toBe(0);
});

test('nobody gets what another one may see, nor links to where another one asked', async () => {
  await lab.call('POST', '/v2/tags', { name: 't' });
  const { body } = await lab.call('POST', '/v2/droplets', droplet({ tags: ['t'] }));
  await lab.until(`/v2/droplets/${body.droplet.id}`, ({ droplet }) => !droplet.locked);
  const tags = async (token: string) =>
    (await lab.call('GET', '/v2/droplets', undefined, token)).body.droplets[0].tags;
  expect([await tags(TOKEN), await tags('reader'), await tags('wide'), await tags('reader')]).toEqual([
    ...[['t'], [], ['t'], []],
  ]);
  await lab.droplets('b');
  const other = lab.url.replace('127.0.0.1', 'localhost');
  for (const url of [lab.url, other]) {
    const authorization = `Bearer ${TOKEN}`;
    const answer = await fetch(`${url}/v2/droplets?per_page=1`, { headers: { authorization } });
    const { links } = (await answer.json()) as { links: { pages: { next: string } } };
    expect(links.pages.next.startsWith(url)).toBe(true);
  }
});

test('a large answer that is asked for again is compressed, to who takes it so', async () => {
  const names = Array.from({ length: 10 }, (_, n) => `d-${n}`);
  const all: number[] = [];
  for (let n = 0; n < 3; n++) all.push(...(await lab.droplets(...names)));
  const ask = async (accepted: string) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'accept-encoding': accepted };
    const answer = await fetch(`${lab.url}/v2/droplets?per_page=200`, { headers });
    const { droplets } = (await answer.json()) as { droplets: { id: number }[] };
    expect(droplets.map(({ id }) => id).sort()).toEqual(all.sort());
    return answer.headers.get('content-encoding');
  };
  const askTwice = async (accepted: string) => {
    let encoding: string | null = null;
    for (let n = 0; n < 10 && encoding === null; n++) encoding = await ask(accepted);
    return encoding;
  };
  for (const accepted of ['gzip', 'br, gzip;q=0.5', 'deflate,gzip'])
    expect(await askTwice(accepted)).toBe('gzip');
  for (const accepted of ['identity', 'gzip;q=0', 'br, gzip; q=0.0, deflate'])
    expect(await askTwice(accepted)).toBe(null);
});
