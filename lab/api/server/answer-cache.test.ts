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
