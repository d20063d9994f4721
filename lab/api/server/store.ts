import { type Change, Journal } from './journal';

export type Key = string | number;

/** What a resource keeps, and by what it is found besides its key. Each resource declares its own. */
export class Table<K extends Key, T, I extends string = never> {
  /** Only in types. */
  declare readonly key: K;

  /**
   * @param name in the file
   * @param indexes what an item is found by, under the index's name
   */
  constructor(
    readonly name: string,
    readonly indexes: Readonly<Record<I, (item: T) => Iterable<Key>>> = {} as never,
  ) {}
}
// biome-ignore lint/suspicious/noExplicitAny: tables of whatever
export type AnyTable = Table<any, any, any>;

/** An index, as its users see it. */
export interface Lookup<T> {
  get(value: Key): T[];
  has(value: Key): boolean;
  count(value: Key): number;
}

/** The keys of all items that share a value (a tag, a VPC), kept while items change. */
export class Index<K extends Key> {
  private readonly keys = new Map<Key, Set<K>>();

  add(value: Key, key: K): void {
    const set = this.keys.get(value);
    if (set) set.add(key);
    else this.keys.set(value, new Set([key]));
  }

  remove(value: Key, key: K): void {
    const set = this.keys.get(value);
    set?.delete(key);
    if (set?.size === 0) this.keys.delete(value);
  }

  get(value: Key): ReadonlySet<K> {
    return this.keys.get(value) ?? new Set();
  }
}

/** Items by key, in the order of their creation. Items are never changed in place: `set` a new one. */
export class Collection<K extends Key, T> {
  private readonly items = new Map<K, T>();
  private readonly indexes: { readonly index: Index<K>; readonly of: (item: T) => Iterable<Key> }[] = [];

  constructor(
    readonly name: string,
    private readonly onChange: (
      collection: string,
      key: K,
      before: T | undefined,
      after: T | undefined,
    ) => void,
  ) {}

  get size(): number {
    return this.items.size;
  }

  get(key: K): T | undefined {
    return this.items.get(key);
  }

  has(key: K): boolean {
    return this.items.has(key);
  }

  values(): T[] {
    return [...this.items.values()];
  }

  entries(): IterableIterator<[K, T]> {
    return this.items.entries();
  }

  set(key: K, item: T): T {
    this.onChange(this.name, key, this.items.get(key), item);
    this.put(key, item);
    return item;
  }

  delete(key: K): void {
    this.onChange(this.name, key, this.items.get(key), undefined);
    this.put(key, undefined);
  }

  /** Finds items by what `of` returns for them. Declare indexes before the first item. */
  index(of: (item: T) => Iterable<Key>): Lookup<T> {
    const index = new Index<K>();
    this.indexes.push({ index, of });
    return {
      get: (value) => [...index.get(value)].map((key) => this.items.get(key) as T),
      has: (value) => index.get(value).size > 0,
      count: (value) => index.get(value).size,
    };
  }

  /** Writes without telling the store: for replay and roll-back only. */
  put(key: K, item: T | undefined): void {
    const before = this.items.get(key);
    for (const { index, of } of this.indexes) {
      const old = new Set(before === undefined ? [] : of(before));
      const values = new Set(item === undefined ? [] : of(item));
      for (const value of old) if (!values.has(value)) index.remove(value, key);
      for (const value of values) if (!old.has(value)) index.add(value, key);
    }
    if (item === undefined) this.items.delete(key);
    else this.items.set(key, item);
  }
}

export type Contents = Readonly<Record<string, readonly (readonly [Key, unknown])[]>>;

interface Undo {
  readonly collection: Collection<Key, unknown>;
  readonly key: Key;
  readonly before: unknown;
}

interface Open {
  readonly changes: Change[];
  readonly undo: Undo[];
  readonly afterwards: (() => void)[];
}

/** All collections, changed by transactions only: a transaction that throws leaves no trace, one that returns is on disk. */
export class Store {
  private readonly collections = new Map<string, Collection<Key, unknown>>();
  private readonly journal: Journal | undefined;
  private current: Open | undefined;
  /** How many transactions have changed something. */
  changes = 0;

  /** Without `file` the state lives in memory only. */
  constructor(file?: string) {
    this.journal = file === undefined ? undefined : new Journal(file);
  }

  collection<K extends Key, T>(name: string): Collection<K, T> {
    const collection = new Collection<K, T>(name, (_, key, before, after) => {
      if (!this.current) throw new Error(`${name} was changed outside a transaction`);
      this.current.changes.push([name, key, after ?? null]);
      this.current.undo.push({ collection: collection as unknown as Collection<Key, unknown>, key, before });
    });
    this.collections.set(name, collection as unknown as Collection<Key, unknown>);
    return collection;
  }

  /** Makes room for a table. To be called before `load`. */
  open<K extends Key, T, I extends string>(table: Table<K, T, I>): void {
    const collection = this.collection<K, T>(table.name);
    const indexes = Object.entries<(item: T) => Iterable<Key>>(table.indexes);
    Object.assign(collection, Object.fromEntries(indexes.map(([name, of]) => [name, collection.index(of)])));
  }

  of<K extends Key, T, I extends string>({
    name,
  }: Table<K, T, I>): Collection<K, T> & Readonly<Record<I, Lookup<T>>> {
    const collection = this.collections.get(name);
    if (!collection) throw new Error(`the table ${name} is not open`);
    return collection as never;
  }

  /** Reads the file. Call once, when all collections and indexes are declared. */
  load(): void {
    this.journal?.replay((changes) => {
      for (const [name, key, value] of changes) this.collections.get(name)?.put(key, value ?? undefined);
    });
  }

  transaction<T>(work: () => T): T {
    if (this.current) throw new Error('transactions do not nest');
    const open: Open = { changes: [], undo: [], afterwards: [] };
    this.current = open;
    let result: T;
    try {
      result = work();
      if (open.changes.length > 0) {
        this.journal?.append(open.changes);
        this.changes++;
      }
    } catch (error) {
      for (const { collection, key, before } of open.undo.reverse()) collection.put(key, before);
      throw error;
    } finally {
      this.current = undefined;
    }
    for (const next of open.afterwards) next();
    return result;
  }

  /** Does `work` when the transaction is over; never, if it fails. */
  afterwards(work: () => void): void {
    if (!this.current) throw new Error('there is no transaction');
    this.current.afterwards.push(work);
  }

  /** Shortens the file when that is worth it. Safe to fail: the old file stays. */
  compact(): void {
    if (this.journal?.isDueForRewrite) this.journal.rewrite(this.everything());
  }

  close(): void {
    this.journal?.close();
  }

  /** All there is, by the names of the tables. */
  contents(): Contents {
    const tables = [...this.collections].map(([name, collection]) => [name, [...collection.entries()]]);
    return Object.fromEntries(tables) as Contents;
  }

  /** Puts other contents in the place of all there is. To be called in a transaction. @throws Error for a table that nobody has */
  replace(contents: Contents): void {
    const unknown = Object.keys(contents).find((name) => !this.collections.has(name));
    if (unknown !== undefined) throw new Error(`There is no table ${unknown}.`);
    for (const [name, collection] of this.collections) {
      for (const [key] of [...collection.entries()]) collection.delete(key);
      for (const [key, item] of contents[name] ?? []) collection.set(key, item);
    }
  }

  /** All there is, one change each, as a file of it would say. */
  *everything(): Generator<readonly Change[]> {
    for (const [name, collection] of this.collections)
      for (const [key, item] of collection.entries()) yield [[name, key, item]];
  }
}
