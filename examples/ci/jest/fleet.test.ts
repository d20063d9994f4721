import { createApiClient } from 'dots-wrapper';
import { scale } from './fleet';

const { DIGITALOCEAN_API_URL: url, DIGITALOCEAN_TOKEN: token = '' } = process.env;
const client = createApiClient({ token, endpoint: `${url}/v2` });

/** A call that DigitalOcean does not have. */
async function lab(method: string, path: string, body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/_lab/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

beforeEach(async () => {
  await lab('DELETE', 'account');
  await lab('DELETE', 'faults');
});

const names = async () =>
  (await client.droplet.listDroplets({ tag_name: 'web' })).data.droplets.map(({ name }) => name);

test('what is missing is created', async () => {
  await scale(client, 'web', 1);
  await scale(client, 'web', 3);
  expect(await names()).toEqual(['web-1', 'web-2', 'web-3']);
});

test('a refusal is passed on', async () => {
  await lab('POST', 'faults', { call: 'POST /v2/droplets', kind: '422', message: 'Sold out.', times: 1 });
  await expect(scale(client, 'web', 1)).rejects.toMatchObject({
    response: { data: { message: 'Sold out.' } },
  });
  expect(await names()).toEqual([]);
});
