import { droplet, type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

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

  test('says in its links how large a page is only to who asked for a size', async () => {
    await make(21);
    const { links } = (await lab.call('GET', '/v2/tags')).body;
    const next = `${lab.url}/v2/tags?page=2`;
    expect(links.pages).toEqual({ next, last: next });
    const large = await lab.call('GET', '/v2/tags?page=2&per_page=20');
    expect(large.body.links.pages.prev).toBe(`${lab.url}/v2/tags?page=1&per_page=20`);
  });

  test('has 20 items a page when nothing is said, and at most 200', async () => {
    await make(21);
    expect((await lab.call('GET', '/v2/tags')).body.tags).toHaveLength(20);
    expect((await lab.call('GET', '/v2/tags?per_page=9999')).body.links).toEqual({});
    expect((await lab.call('GET', '/v2/tags?page=99')).body).toMatchObject({ tags: [], meta: { total: 21 } });
  });

  test.each([
    'page=x',
    'page=0',
    'page=-1',
    'page=1.5',
    'page=',
    'per_page=0',
    'per_page=abc',
    'per_page=-20',
    'per_page=1e2',
    'page=1&page=two',
  ])('asked for with %s is refused', async (query) => {
    const { status, body } = await lab.call('GET', `/v2/tags?${query}`);
    expect([status, body.id]).toEqual([422, 'unprocessable_entity']);
    expect(body.message).toMatch(/^(per_)?page: must be a whole number, 1 or more$/);
  });

  test('of nothing has one page, whatever page is asked for', async () => {
    for (const query of ['', '?page=1', '?page=999999999999999', '?page=7&per_page=1'])
      expect((await lab.call('GET', `/v2/tags${query}`)).body).toEqual({
        tags: [],
        links: {},
        meta: { total: 0 },
      });
  });

  test('keeps its filters in the links to its other pages', async () => {
    await lab.call(
      'POST',
      '/v2/droplets',
      droplet({ name: undefined, names: ['a', 'b', 'c'], tags: ['t:1'] }),
    );
    const { body } = await lab.call('GET', '/v2/droplets?tag_name=t:1&per_page=1&page=2');
    for (const link of Object.values<string>(body.links.pages))
      expect(new URL(link).searchParams.get('tag_name')).toBe('t:1');
    const next = await lab.call('GET', body.links.pages.next.slice(lab.url.length));
    expect(next.body.droplets[0].name).toBe('c');
  });
});
