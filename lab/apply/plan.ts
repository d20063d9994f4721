import { createHash } from 'node:crypto';
import type { Block, Configuration } from './configuration';
import type { Action, PlannedChange } from './deployer';
import type { Scope } from './evaluate';
import { closure, inOrder } from './graph';
import { messageOf, Refusal } from './refusal';
import type { Attributes } from './resource-type';
import { conform, empty, type Schema } from './schema';
import { checkConditions, desiredOf, scopeOf } from './scope';
import type { Instance, State } from './state';
import { isKnown, isSame, type Known, type ObjectValue, UNKNOWN, type Value } from './value';

/**
 * Compares the configuration with what exists.
 *
 * @param replace addresses of resources to be replaced though nothing about them changed
 * @returns a change for each resource, also those that stay as they are, in an order in which each follows what it rests on
 * @throws Refusal with a sentence for each thing that must not or can't be done
 */
export function planChanges(
  configuration: Configuration,
  variables: ReadonlyMap<string, Known>,
  state: State,
  replace: readonly string[] = [],
): PlannedChange[] {
  const planned = new Map<string, ObjectValue>();
  const unknown = replace.filter((address) => !configuration.resources.has(address));
  const reasons = unknown.map((address) => unknownResource(address, 'replaced'));
  const scope = scopeOf(configuration, variables, (address) => planned.get(address) ?? {});
  const changes: PlannedChange[] = [];
  for (const address of inOrder(configuration.dependencies)) {
    const block = configuration.resources.get(address);
    if (!block) continue;
    try {
      const current = state.get(address)?.current;
      // A tainted instance is replaced whether or not anything about it changed.
      const asked = replace.includes(address) || isTriggered(block, changes);
      const tainted = asked || current?.tainted === true;
      const [change, value] = planBlock(block, scope, current && { ...current, tainted });
      changes.push(change);
      planned.set(address, value);
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  const removed = state.addresses().filter((address) => !configuration.resources.has(address));
  changes.push(...removed.map((address) => ({ address, action: 'delete' as const, because: [] })));
  reasons.push(...protectedOnes(configuration, changes));
  if (reasons.length > 0) throw new Refusal(reasons);
  return changes;
}

/**
 * Leaves everything as it is but the named resources, and what they rest on.
 *
 * @throws Refusal with a sentence for each that there is not
 */
export function limited(
  changes: readonly PlannedChange[],
  { resources, dependencies }: Configuration,
  targets: readonly string[],
): PlannedChange[] {
  const unknown = targets.filter((address) => !resources.has(address));
  if (unknown.length > 0) throw new Refusal(unknown.map((address) => unknownResource(address, 'changed')));
  const meant = new Set(targets.flatMap((address) => [address, ...closure(dependencies, address)]));
  return changes.map((change) => (meant.has(change.address) ? change : { ...change, action: 'keep' }));
}

/** A sentence for each change that destroys what is protected. */
export function protectedOnes(configuration: Configuration, changes: readonly PlannedChange[]): string[] {
  return changes
    .filter(({ action }) => action === 'replace' || action === 'delete')
    .filter(({ address }) => configuration.resources.get(address)?.preventDestroy)
    .map(({ address, because }) => {
      const cause = because.length > 0 ? `, since ${because.join(', ')} changed` : '';
      return `${address} is protected from being destroyed (prevent_destroy)${cause}; nothing was done`;
    });
}

/** Names of the desired attributes that differ from an instance's, or may. */
export function differences(schema: Schema, desired: ObjectValue, prior: Attributes): string[] {
  return Object.entries(desired)
    .filter(([name, value]) => !isSame(stored(schema, name, value), prior[name] ?? emptyOf(schema, name)))
    .map(([name]) => name);
}

/** Attributes as the state keeps them: of their schema's types (what the API leaves out is empty), the long ones as a hash. */
export function storedAttributes(schema: Schema, attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const type = schema[name]?.type;
      return [name, type ? (stored(schema, name, conform(value ?? null, type)) as Known) : value];
    }),
  );
}

/** What a block asks for, with the attributes that it tells to ignore as they are. */
export function wanted(block: Block, scope: Scope, prior: Attributes | undefined): ObjectValue {
  const desired = desiredOf(block, scope);
  if (!prior) return desired;
  const ignored = block.ignoreChanges === 'all' ? Object.keys(desired) : block.ignoreChanges;
  return Object.fromEntries(Object.entries(desired).filter(([name]) => !ignored.includes(name)));
}

/** Whether a resource that takes this one along is changed or replaced. One that is new takes nothing along. */
function isTriggered({ replaceTriggeredBy }: Block, changes: readonly PlannedChange[]): boolean {
  return changes.some(
    ({ address, action }) =>
      replaceTriggeredBy.includes(address) && (action === 'update' || action === 'replace'),
  );
}

function unknownResource(address: string, what: 'replaced' | 'changed'): string {
  return `${address} is to be ${what}, and there is no such resource; one looks like digitalocean_droplet.web-1`;
}

function planBlock(
  block: Block,
  scope: Scope,
  current: Instance | undefined,
): [change: PlannedChange, value: ObjectValue] {
  const { address, schema } = block;
  checkConditions(address, block.preconditions, scope);
  const desired = wanted(block, scope, current?.attributes);
  const [action, because] = decide(schema, desired, current);
  const value = expected(action, schema, desired, current);
  const self: Scope = (reference) =>
    reference.address === 'self' ? attributeOf(value, reference.attribute) : scope(reference);
  checkConditions(address, block.postconditions, self);
  return [{ address, action, because }, value];
}

function decide(
  schema: Schema,
  desired: ObjectValue,
  current: Instance | undefined,
): [action: Action, because: string[]] {
  if (!current) return ['create', []];
  const changed = differences(schema, desired, current.attributes);
  const forcing = changed.filter((name) => schema[name]?.forcesReplacement);
  if (current.tainted) return ['replace', []];
  if (forcing.length > 0) return ['replace', forcing];
  return [changed.length > 0 ? 'update' : 'keep', changed];
}

/** What can be said of a resource before the change is made. */
function expected(
  action: Action,
  schema: Schema,
  desired: ObjectValue,
  current: Instance | undefined,
): ObjectValue {
  const kept = action === 'update' || action === 'keep' ? current?.attributes : undefined;
  const unknown = Object.fromEntries(['id', ...Object.keys(schema)].map((name) => [name, UNKNOWN] as const));
  const known: ObjectValue = kept ?? unknown;
  return { ...known, ...desired };
}

function attributeOf(value: ObjectValue, attribute: string | undefined): Value {
  return attribute === undefined ? value : (value[attribute] ?? UNKNOWN);
}

function stored(schema: Schema, name: string, value: Value): Value {
  if (!schema[name]?.hashed || !isKnown(value) || value === '') return value;
  return createHash('sha1').update(String(value)).digest('hex');
}

function emptyOf(schema: Schema, name: string): Value {
  const type = schema[name]?.type;
  return type ? empty(type) : null;
}
