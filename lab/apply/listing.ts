import type { Client } from './client';

/** Whoever tells what is at a path of the API; undefined when there is nothing. */
export interface Reader {
  get<T>(path: string): Promise<T | undefined>;
}

interface Collection {
  readonly path: RegExp;
  /** Key of the list in its answer, and of one thing in its own. */
  readonly many: string;
  readonly one: string;
  readonly id: string;
}

const COLLECTIONS: readonly Collection[] = [
  { path: /^\/droplets$/, many: 'droplets', one: 'droplet', id: 'id' },
  { path: /^\/volumes$/, many: 'volumes', one: 'volume', id: 'id' },
  { path: /^\/vpcs$/, many: 'vpcs', one: 'vpc', id: 'id' },
  { path: /^\/tags$/, many: 'tags', one: 'tag', id: 'name' },
  { path: /^\/reserved_ips$/, many: 'reserved_ips', one: 'reserved_ip', id: 'ip' },
  { path: /^\/firewalls$/, many: 'firewalls', one: 'firewall', id: 'id' },
  { path: /^\/domains$/, many: 'domains', one: 'domain', id: 'name' },
  { path: /^\/domains\/[^/]+\/records$/, many: 'domain_records', one: 'domain_record', id: 'id' },
  { path: /^\/spaces\/keys$/, many: 'keys', one: 'key', id: 'access_key' },
  { path: /^\/monitoring\/alerts$/, many: 'policies', one: 'policy', id: 'uuid' },
  { path: /^\/uptime\/checks$/, many: 'checks', one: 'check', id: 'id' },
  { path: /^\/uptime\/checks\/[^/]+\/alerts$/, many: 'alerts', one: 'alert', id: 'id' },
];

const PER_PAGE = 200;

type Item = Readonly<Record<string, unknown>>;

interface Page {
  readonly meta: { readonly total: number };
  readonly [many: string]: unknown;
}

/** Reads single things out of whole lists: a look at a hundred of them costs one call, of which a token has 250 a minute. */
export class Listing {
  private readonly lists = new Map<
    string,
    { readonly time: number; readonly items: Promise<readonly Item[]> }
  >();

  constructor(private readonly client: Client) {}

  /** Answers from lists that are at most so old, milliseconds. What is in no list is asked for by itself. */
  noOlderThan(age: number): Reader {
    return { get: (path) => this.find(path, age) };
  }

  private async find<T>(path: string, age: number): Promise<T | undefined> {
    const slash = path.lastIndexOf('/');
    const [parent, id] = [path.slice(0, slash), path.slice(slash + 1)];
    const collection = COLLECTIONS.find((candidate) => candidate.path.test(parent));
    if (!collection) throw new Error(`there is no list at ${parent}`);
    const items = await this.list(parent, collection.many, age);
    const item = items.find((one) => String(one[collection.id]) === id);
    return item ? ({ [collection.one]: item } as T) : this.client.get<T>(path);
  }

  private list(path: string, many: string, age: number): Promise<readonly Item[]> {
    const known = this.lists.get(path);
    if (known && Date.now() - known.time <= age) return known.items;
    const items = this.pages(path, many);
    this.lists.set(path, { time: Date.now(), items });
    return items;
  }

  private async pages(path: string, many: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    for (let page = 1; ; page++) {
      const answer = await this.client.get<Page>(`${path}?page=${page}&per_page=${PER_PAGE}`);
      items.push(...((answer?.[many] ?? []) as Item[]));
      if (!answer || items.length >= answer.meta.total || page * PER_PAGE >= answer.meta.total) return items;
    }
  }
}
