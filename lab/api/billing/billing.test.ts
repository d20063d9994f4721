import { type Lab, start } from '../testing/client';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const get = async (path: string) => (await lab.call('GET', `/v2/customers/my/${path}`)).body;

test('nothing is owed, and the only invoice is the preview of this month', async () => {
  expect(await get('balance')).toMatchObject({ account_balance: '0.00', month_to_date_usage: '0.00' });
  expect(await get('billing_history')).toMatchObject({ billing_history: [], meta: { total: 0 } });
  const { invoices, invoice_preview } = await get('invoices');
  expect([invoices, invoice_preview.amount]).toEqual([[], '0.00']);
  const path = `invoices/${invoice_preview.invoice_uuid}`;
  expect((await get(path)).invoice_items).toEqual([]);
  expect(await get(`${path}/summary`)).toMatchObject({ amount: '0.00', product_charges: { items: [] } });
  expect((await get('invoices/x')).id).toBe('not_found');
});

test('the 1-Click applications are there to read, by their type', async () => {
  const list = async (query: string) => (await lab.call('GET', `/v2/1-clicks${query}`)).body['1_clicks'];
  const all = await list('');
  expect(all).toContainEqual({ slug: 'docker-20-04', type: 'droplet' });
  expect((await list('?type=droplet')).length + (await list('?type=kubernetes')).length).toBe(all.length);
  expect((await lab.call('GET', '/v2/1-clicks?type=x')).status).toBe(422);
});
