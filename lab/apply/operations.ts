import type { Client } from './client';
import { Listing, type Reader } from './listing';
import { differences, storedAttributes } from './plan';
import type { Attributes, Context, Operation, ResourceType } from './resource-type';
import { RESOURCE_TYPES } from './resource-types';
import type { Spaces } from './spaces';
import type { Instance, State } from './state';

/** What the state remembers of a resource besides its attributes. */
export type About = Omit<Instance, 'attributes' | 'tainted'>;

/** Makes, changes, reads and destroys resources, and writes down each step at once. */
export class Operations {
  private readonly listing: Listing;

  constructor(
    private readonly client: Client,
    private readonly spaces: Spaces,
    private readonly state: State,
  ) {
    this.listing = new Listing(client);
  }

  /** Brings what is known of a resource up to date; forgets what is gone. */
  async refresh(address: string): Promise<void> {
    const { type, current, deposed } = this.existing(address);
    const seen = current && (await this.seen(type, current));
    const remains = await Promise.all(deposed.map((instance) => this.seen(type, instance)));
    this.state.set(address, { type, current: seen, deposed: remains.filter((found) => found !== undefined) });
  }

  /**
   * Makes a resource. One that is there already is deposed: it is destroyed later.
   *
   * @param provision what has to end well before it counts as made
   */
  async create(
    address: string,
    type: string,
    desired: Attributes,
    about: About,
    provision: () => Promise<void>,
  ): Promise<Attributes> {
    const { deposed = [], current } = this.state.get(address) ?? {};
    const context = this.context(type, 'create', about);
    const made = await typeOf(type).create(context, desired);
    const known = storedAttributes(typeOf(type).schema, { ...desired, ...made });
    const old = current ? [...deposed, current] : deposed;
    const save = (attributes: Attributes, tainted: boolean) =>
      this.state.set(address, { type, current: { ...about, attributes, tainted }, deposed: old });
    save(known, true);
    await typeOf(type).ready?.(context, known);
    const attributes = { ...known, ...(await this.read(type, known)) };
    save(attributes, true);
    await provision();
    save(attributes, false);
    return attributes;
  }

  /** Brings a resource to what is desired, as far as it differs. */
  async update(address: string, desired: Attributes, about: About): Promise<Attributes> {
    const { type, current, deposed } = this.existing(address);
    const { schema, update } = typeOf(type);
    const prior = current?.attributes ?? {};
    const changed = new Set(differences(schema, desired, prior));
    const context = this.context(type, 'update', about);
    if (changed.size > 0) await update?.(context, { prior, desired: { ...prior, ...desired }, changed });
    const known = { ...prior, ...storedAttributes(schema, desired) };
    const attributes = { ...known, ...(await this.read(type, known)) };
    this.state.set(address, { type, deposed, current: { ...about, attributes, tainted: false } });
    return attributes;
  }

  /** Destroys a resource's remains and, unless a new one has taken its place, the resource. */
  async destroy(address: string, also: 'current' | 'deposed only'): Promise<void> {
    for (const instance of this.existing(address).deposed) {
      await this.delete(address, instance);
      const { type, current, deposed } = this.existing(address);
      this.state.set(address, { type, current, deposed: deposed.filter((other) => other !== instance) });
    }
    const { current } = this.state.get(address) ?? {};
    if (also === 'deposed only' || !current) return;
    await this.delete(address, current);
    this.state.set(address, undefined);
  }

  private async delete(address: string, instance: Instance): Promise<void> {
    const { type } = this.existing(address);
    await typeOf(type).delete(this.context(type, 'delete', instance), instance.attributes);
  }

  private async seen(type: string, instance: Instance): Promise<Instance | undefined> {
    // A plan is made of one look at everything.
    const read = await this.read(type, instance.attributes, this.listing.noOlderThan(Infinity));
    return read && { ...instance, attributes: { ...instance.attributes, ...read } };
  }

  private async read(
    type: string,
    prior: Attributes,
    api: Reader = this.client,
  ): Promise<Attributes | undefined> {
    const attributes = await typeOf(type).read(api, prior, this.spaces);
    return attributes && storedAttributes(typeOf(type).schema, attributes);
  }

  private existing(address: string) {
    const found = this.state.get(address);
    if (!found) throw new Error(`nothing is known of ${address}`);
    return found;
  }

  private context(type: string, operation: Operation, { timeouts }: Pick<About, 'timeouts'>): Context {
    const timeout = timeouts[operation] ?? typeOf(type).timeouts?.[operation] ?? 0;
    return { client: this.client, listing: this.listing, spaces: this.spaces, timeout };
  }
}

function typeOf(type: string): ResourceType {
  const found = RESOURCE_TYPES.get(type);
  if (!found) throw new Error(`${type} is not supported`);
  return found;
}
