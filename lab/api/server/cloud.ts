import { type AnyTable, type Collection, type Key, type Lookup, Store, Table } from './store';

const FIRST_ID = 400_000_000;
const COUNTERS = new Table<string, number>('counters');

/** The state of the account: what the API changes, and what the lab's DNS, metadata and status read. */
export class Cloud {
  readonly store: Store;
  /** Of each network the place of the address that was given last; a restart forgets it. */
  readonly lastGiven = new Map<string, number>();
  private changes = 0;
  private readonly listeners = new Set<() => void>();

  /**
   * @param tables what the resources keep
   * @param file where the state outlives the process; without it the state is lost with the process
   */
  constructor(tables: readonly AnyTable[], file?: string) {
    this.store = new Store(file);
    for (const table of [COUNTERS, ...tables]) this.store.open(table);
    this.store.load();
  }

  /** What a resource keeps: `cloud.of(DROPLETS).get(id)`, `cloud.of(DROPLETS).byTag.get(tag)`. */
  of<K extends Key, T, I extends string>(
    table: Table<K, T, I>,
  ): Collection<K, T> & Readonly<Record<I, Lookup<T>>> {
    return this.store.of(table);
  }

  /** The next id of a droplet, action, SSH key or domain record. */
  nextId(): number {
    const counters = this.of(COUNTERS);
    return counters.set('id', (counters.get('id') ?? FIRST_ID) + 1);
  }

  /** Calls `listener` after each change of anything; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Another one after each change of anything. */
  get version(): number {
    return this.changes + this.store.changes;
  }

  changed(): void {
    this.changes++;
    for (const listener of this.listeners) listener();
  }
}
