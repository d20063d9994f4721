import type { Configuration } from './configuration';
import type { PlannedChange } from './deployer';
import { closure, type Graph } from './graph';
import type { State } from './state';

/** Making or changing a resource, or destroying what there is of it. */
export interface Step {
  readonly kind: 'make' | 'destroy';
  readonly address: string;
}

/** What has to happen, and for each step the steps before it. Keys are those of `steps`. */
export interface Steps {
  readonly steps: ReadonlyMap<string, Step>;
  readonly graph: Graph;
}

/**
 * Orders changes as Terraform does: things are made after what they rest on and destroyed before it. A replacement made
 * first (create_before_destroy) lets its predecessor live until all that rested on it have moved over.
 */
export function orderSteps(
  { dependencies }: Pick<Configuration, 'dependencies'>,
  changes: readonly PlannedChange[],
  state: State,
  madeFirst: ReadonlySet<string>,
): Steps {
  const steps = new Map<string, Step>();
  const graph = new Map<string, Set<string>>();
  const add = (kind: Step['kind'], address: string) => {
    steps.set(`${kind} ${address}`, { kind, address });
    graph.set(`${kind} ${address}`, new Set());
  };
  for (const { address, action } of changes) {
    if (action === 'create' || action === 'update' || action === 'replace') add('make', address);
    if (isDestroyed(address, action, state)) add('destroy', address);
  }
  const before = (first: string, then: string) => {
    if (graph.has(first)) graph.get(then)?.add(first);
  };
  for (const { kind, address } of steps.values()) {
    if (kind === 'make') {
      for (const needed of dependencies.get(address) ?? []) before(`make ${needed}`, `make ${address}`);
    } else {
      orderDestruction(address, dependencies, state, madeFirst.has(address), before);
    }
  }
  return { steps, graph };
}

/**
 * Resources that are replaced by making the new one first: those that say so, and all that these rest on, since the old one
 * lives as long.
 */
export function madeFirst({ resources, dependencies }: Configuration, state: State): Set<string> {
  const configured = [...resources.values()]
    .filter(({ createBeforeDestroy }) => createBeforeDestroy)
    .flatMap(({ address }) => [address, ...closure(dependencies, address)]);
  const removed = state
    .addresses()
    .filter((address) => !resources.has(address) && state.get(address)?.current?.createBeforeDestroy);
  return new Set([...configured, ...removed]);
}

function isDestroyed(address: string, action: PlannedChange['action'], state: State): boolean {
  const remains = (state.get(address)?.deposed.length ?? 0) > 0;
  return action === 'delete' || action === 'replace' || remains;
}

function orderDestruction(
  address: string,
  dependencies: Graph,
  state: State,
  newFirst: boolean,
  before: (first: string, then: string) => void,
): void {
  const destroy = `destroy ${address}`;
  if (newFirst) before(`make ${address}`, destroy);
  else before(destroy, `make ${address}`);
  for (const other of restingOn(address, state)) {
    before(`destroy ${other}`, destroy);
    if (newFirst) before(`make ${other}`, destroy);
    else before(destroy, `make ${other}`);
  }
  if (!newFirst) return;
  for (const [other, needed] of dependencies) {
    if (needed.has(address)) before(`make ${other}`, destroy);
  }
}

/** What rested on a resource when it was last applied. */
function restingOn(address: string, state: State): string[] {
  return state.addresses().filter((other) => {
    const { current, deposed = [] } = state.get(other) ?? {};
    const instances = current ? [current, ...deposed] : deposed;
    return instances.some(({ dependencies }) => dependencies.includes(address));
  });
}
