import type { Block } from '../architecture';

export type Kind = 'create' | 'change' | 'replace' | 'destroy' | 'keep';

/** What becomes of one resource. */
export interface ResourceChange {
  /** digitalocean_droplet */
  readonly type: string;
  /** web-1 */
  readonly name: string;
  readonly kind: Kind;
  /** The attributes that make it a replacement or a change: `user_data`; `replaced by another` for a trigger. */
  readonly because: readonly string[];
  /** The new one is made before the old one goes. */
  readonly isDoubled: boolean;
  /** Terraform will refuse to replace it. */
  readonly isProtected: boolean;
  /** Attributes; undefined where there is none. */
  readonly before: Block | undefined;
  readonly after: Block | undefined;
}

/** In `because` of what is replaced for the sake of something else (replace_triggered_by). */
export const TRIGGERED = 'trigger';

export const isOf =
  (...types: readonly string[]) =>
  ({ type }: ResourceChange) =>
    types.includes(type);

/** The resources before or after, as in a stack's JSON. */
export function resourcesOf(changes: readonly ResourceChange[], when: 'before' | 'after'): Block {
  const resource: Record<string, Record<string, Block>> = {};
  for (const change of changes) {
    const attributes = change[when];
    if (attributes === undefined) continue;
    resource[change.type] ??= {};
    (resource[change.type] as Record<string, Block>)[change.name] = attributes;
  }
  return { resource };
}
