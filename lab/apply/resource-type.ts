import type { Client } from './client';
import type { Listing, Reader } from './listing';
import type { Schema } from './schema';
import type { Spaces } from './spaces';
import type { Known } from './value';

export interface Attributes {
  readonly [name: string]: Known;
}

export type Operation = 'create' | 'update' | 'delete';

export interface Context {
  readonly client: Client;
  /** For looks that may be a little old and should cost little. */
  readonly listing: Listing;
  readonly spaces: Spaces;
  /** How long the operation may wait for the API, milliseconds. */
  readonly timeout: number;
}

/** How one type of resource is made, seen, changed and destroyed, with the calls that the real provider makes. */
export interface ResourceType {
  readonly schema: Schema;
  /** Operations that wait, and for how long unless `timeouts` says otherwise. Milliseconds. @default - none waits */
  readonly timeouts?: Readonly<Partial<Record<Operation, number>>>;
  /** Makes it, and gives its id and whatever `read` needs. It need not be usable yet: see `ready`. */
  create(context: Context, desired: Attributes): Promise<Attributes>;
  /** Resolves when what was made can be used. @default - at once */
  ready?(context: Context, made: Attributes): Promise<void>;
  /** Gives what the API says now, without what it does not tell; nothing when it is gone. */
  read(api: Reader, prior: Attributes, spaces: Spaces): Promise<Attributes | undefined>;
  /** Brings the changed attributes to what is desired. @default - all attributes force replacement */
  update?(context: Context, change: Change): Promise<void>;
  /** Destroys it. That it is gone already is no error. */
  delete(context: Context, prior: Attributes): Promise<void>;
}

export interface Change {
  readonly prior: Attributes;
  readonly desired: Attributes;
  /** Names of the attributes that differ. */
  readonly changed: ReadonlySet<string>;
}
