import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly cents: number;
}

/** What the shop needs of a database. */
export interface Products {
  /** False until the tables are there. */
  readonly ready: boolean;
  list(): Promise<Product[]>;
  add(product: Omit<Product, 'id'>): Promise<Product>;
}

export interface Shop {
  readonly products: Products;
  readonly name: string;
  /** Which server it is, for the curious. */
  readonly servedBy: string;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const LONGEST_BODY = 10_000;

/** The shop's HTTP server: GET / and POST /products, and GET /healthz for those who watch over it. */
export function serve(shop: Shop): Server {
  return createServer((request, response) => {
    answer(shop, request)
      .catch((error: Error) => {
        console.error(`${request.method} ${request.url}: ${error.message}`);
        return { status: 503, body: { error: 'The shop is closed for a moment. Please try again.' } };
      })
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
      });
  });
}

async function answer({ products, name, servedBy }: Shop, request: IncomingMessage): Promise<Answer> {
  const path = request.url?.split('?')[0];
  switch (`${request.method} ${path}`) {
    case 'GET /healthz':
      // Whether this process can work, not whether the database does: starting it anew would not bring that back.
      return products.ready
        ? { status: 200, body: { healthy: true } }
        : { status: 503, body: { error: 'The database is not migrated yet.' } };
    case 'GET /':
      return { status: 200, body: { shop: name, servedBy, products: await products.list() } };
    case 'POST /products': {
      const product = productIn(await text(request));
      return product
        ? { status: 201, body: await products.add(product) }
        : { status: 400, body: { error: 'A product looks like {"name": "Apple", "cents": 50}.' } };
    }
    default:
      return { status: 404, body: { error: `There is nothing at ${request.method} ${path}.` } };
  }
}

function productIn(json: string): Omit<Product, 'id'> | undefined {
  try {
    const { name, cents } = JSON.parse(json);
    const isProduct =
      typeof name === 'string' &&
      name.length >= 1 &&
      name.length <= 200 &&
      Number.isInteger(cents) &&
      cents >= 0 &&
      cents < 2 ** 31;
    return isProduct ? { name, cents } : undefined;
  } catch {
    return undefined;
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > LONGEST_BODY) return '';
  }
  return body;
}
