import { Client } from './client';
import { Listing } from './listing';
import { Deployment, TOKEN } from './testing/deployment';

let deployment: Deployment;
let listing: Listing;
let reads: string[];

beforeEach(async () => {
  deployment = await Deployment.start();
  listing = new Listing(new Client({ url: deployment.api.url, token: TOKEN }));
  reads = [];
  deployment.api.events.on((event) => {
    if (event.kind === 'api' && event.method === 'GET') reads.push(event.path);
  });
});

afterEach(() => deployment.end());

test('hundreds of things are looked at with a call per page of 200', async () => {
  for (let i = 1; i <= 201; i++) await deployment.call('POST', '/tags', { name: `tag-${i}` });
  const reader = listing.noOlderThan(Number.POSITIVE_INFINITY);
  for (let i = 1; i <= 201; i++) {
    expect(await reader.get(`/tags/tag-${i}`)).toMatchObject({ tag: { name: `tag-${i}` } });
  }
  expect(reads).toHaveLength(2);
});

test('what a list does not have, since it is new or gone, is asked for by itself', async () => {
  const reader = listing.noOlderThan(Number.POSITIVE_INFINITY);
  expect(await reader.get('/tags/late')).toBeUndefined();
  await deployment.call('POST', '/tags', { name: 'late' });
  expect(await reader.get('/tags/late')).toMatchObject({ tag: { name: 'late' } });
});

test('a list that is too old is asked for again', async () => {
  await deployment.call('POST', '/tags', { name: 'one' });
  const reader = listing.noOlderThan(0);
  await reader.get('/tags/one');
  await new Promise((resolve) => setTimeout(resolve, 5));
  await reader.get('/tags/one');
  expect(reads).toHaveLength(2);
});
