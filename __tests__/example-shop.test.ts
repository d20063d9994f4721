import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Product, type Products, serve } from '../examples/shop/src/server';

/** Products in memory, ready and reachable or not. */
class Memory implements Products {
  ready = true;
  isAway = false;
  readonly all: Product[] = [];

  async list(): Promise<Product[]> {
    if (this.isAway) throw new Error('the database is away');
    return this.all;
  }

  async add(product: Omit<Product, 'id'>): Promise<Product> {
    if (this.isAway) throw new Error('the database is away');
    this.all.push({ id: this.all.length + 1, ...product });
    return this.all[this.all.length - 1] as Product;
  }
}

describe('the example application', () => {
  let products: Memory;
  let server: Server;

  beforeEach(async () => {
    products = new Memory();
    server = serve({ products, name: 'Shop', servedBy: 'production-app-1' });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    jest.spyOn(console, 'error').mockImplementation();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await new Promise((resolve) => server.close(resolve));
  });

  async function ask(method: string, path: string, body?: string): Promise<[number, unknown]> {
    const { port } = server.address() as AddressInfo;
    const headers = { connection: 'close' };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body, headers });
    return [answer.status, await answer.json()];
  }

  test('shows its products, and which server it is', async () => {
    expect(await ask('POST', '/products', '{"name": "Apple", "cents": 50}')).toEqual([
      201,
      { id: 1, name: 'Apple', cents: 50 },
    ]);
    expect(await ask('GET', '/')).toEqual([
      200,
      { shop: 'Shop', servedBy: 'production-app-1', products: [{ id: 1, name: 'Apple', cents: 50 }] },
    ]);
  });

  test('is unhealthy until the tables are there, and then healthy whatever becomes of the database', async () => {
    products.ready = false;
    expect((await ask('GET', '/healthz'))[0]).toBe(503);
    products.ready = true;
    products.isAway = true;
    expect((await ask('GET', '/healthz'))[0]).toBe(200);
  });

  test('answers 503 while the database is away, and goes on when it is back', async () => {
    products.isAway = true;
    expect((await ask('GET', '/'))[0]).toBe(503);
    products.isAway = false;
    expect((await ask('GET', '/'))[0]).toBe(200);
  });

  test.each([
    '',
    '{',
    '[]',
    'null',
    '{"name": "", "cents": 1}',
    '{"name": "Apple", "cents": -1}',
    '{"name": "Apple", "cents": 1.5}',
    '{"name": "Apple", "cents": "1"}',
    `{"name": "${'x'.repeat(201)}", "cents": 1}`,
    `{"name": "Apple", "cents": 1, "note": "${'x'.repeat(10_000)}"}`,
  ])('refuses what is no product (case %#)', async (body) => {
    expect((await ask('POST', '/products', body))[0]).toBe(400);
    expect(products.all).toEqual([]);
  });

  test('knows its paths', async () => {
    expect((await ask('GET', '/nothing'))[0]).toBe(404);
    expect((await ask('DELETE', '/'))[0]).toBe(404);
  });
});
