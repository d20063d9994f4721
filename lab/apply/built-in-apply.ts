import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Client } from './client';
import { type Block, type Configuration, parseConfiguration } from './configuration';
import type { Applied, Deployer, PlannedChange, Target } from './deployer';
import { evaluate, type Scope } from './evaluate';
import { walk } from './graph';
import { type About, Operations } from './operations';
import { limited, planChanges, protectedOnes, wanted } from './plan';
import { provision } from './provision';
import { messageOf, Refusal } from './refusal';
import type { Attributes } from './resource-type';
import { checkConditions, desiredOf, scopeOf, variableValues } from './scope';
import { Spaces } from './spaces';
import { State } from './state';
import { madeFirst, orderSteps, type Step } from './steps';
import { isKnown, type Known } from './value';

/** As many things are done at once as by Terraform. */
const AT_ONCE = 10;

const DOING = { create: 'creating', update: 'changing', replace: 'replacing' };

/**
 * Applies a synthesized stack to DigitalOcean's API by itself: no Terraform, no provider, no wait longer than need be. It does
 * what they would do, and refuses by name whatever it does not know, before doing anything.
 */
export class BuiltInApply implements Deployer {
  constructor(private readonly target: Target) {}

  async plan(): Promise<readonly PlannedChange[]> {
    const { changes } = await this.prepare();
    return changes.filter(({ action }) => action !== 'keep');
  }

  async apply(): Promise<Applied> {
    const run = await this.prepare();
    const { configuration, variables, state, changes } = run;
    const scope = scopeOf(
      configuration,
      variables,
      (address) => state.get(address)?.current?.attributes ?? {},
    );
    const first = madeFirst(configuration, state);
    rememberKept(configuration, state, first);
    await this.perform(run, first, async ({ kind, address }, operations) => {
      const change = changes.find((candidate) => candidate.address === address);
      const block = configuration.resources.get(address);
      if (kind === 'make' && block && change) {
        const about = aboutOf(block, configuration, first);
        await this.timed(address, DOING[change.action as keyof typeof DOING], () =>
          make(block, change, about, scope, state, operations, this.target),
        );
      } else {
        const gone = change?.action === 'delete' || (change?.action === 'replace' && !first.has(address));
        await this.timed(address, 'destroying', () =>
          operations.destroy(address, gone ? 'current' : 'deposed only'),
        );
      }
    });
    return {
      changes: changes.filter(({ action }) => action !== 'keep'),
      outputs: outputsOf(configuration, scope),
    };
  }

  async destroy(): Promise<void> {
    const configuration = this.read();
    const state = this.open();
    const operations = new Operations(this.client(), new Spaces(this.target.spaces), state);
    const changes = state.addresses().map((address) => ({ address, action: 'delete' as const, because: [] }));
    const reasons = protectedOnes(configuration, changes);
    if (reasons.length > 0) throw new Refusal(reasons);
    await refreshAll(state, operations);
    const left = changes.filter(({ address }) => state.get(address));
    await this.perform({ configuration, state, changes: left, operations }, new Set(), async ({ address }) =>
      this.timed(address, 'destroying', () => operations.destroy(address, 'current')),
    );
  }

  private async prepare() {
    const configuration = this.read();
    const variables = variableValues(configuration, this.target.variables);
    const state = this.open();
    const operations = new Operations(this.client(), new Spaces(this.target.spaces), state);
    await refreshAll(state, operations);
    const { replace, targets } = this.target;
    const all = planChanges(configuration, variables, state, replace);
    const changes = targets ? limited(all, configuration, targets) : all;
    return { configuration, variables, state, operations, changes };
  }

  private async perform(
    run: {
      readonly configuration: Configuration;
      readonly state: State;
      readonly changes: readonly PlannedChange[];
      readonly operations: Operations;
    },
    first: ReadonlySet<string>,
    step: (step: Step, operations: Operations) => Promise<void>,
  ): Promise<void> {
    const { steps, graph } = orderSteps(run.configuration, run.changes, run.state, first);
    const failures = await walk(graph, AT_ONCE, async (key) => {
      const found = steps.get(key);
      if (found) await step(found, run.operations);
    });
    if (failures.length === 0) return;
    throw new Refusal(
      failures.map(({ node, error }) => {
        const address = steps.get(node)?.address ?? node;
        const message = messageOf(error);
        return message.startsWith(address) ? message : `${address}: ${message}`;
      }),
    );
  }

  private async timed(address: string, doing: string, work: () => Promise<void>): Promise<void> {
    const say = this.target.onProgress ?? (() => {});
    const start = Date.now();
    const seconds = () => ((Date.now() - start) / 1000).toFixed(1);
    say(`${address}: ${doing}`);
    try {
      await work();
    } catch (error) {
      say(`${address}: failed after ${seconds()} s`);
      throw error;
    }
    say(`${address}: done after ${seconds()} s`);
  }

  private read(): Configuration {
    return parseConfiguration(JSON.parse(readFileSync(this.target.configuration, 'utf8')));
  }

  private client(): Client {
    return new Client(this.target.api, this.target.onProgress);
  }

  private open(): State {
    mkdirSync(this.target.folder, { recursive: true, mode: 0o700 });
    return State.open(join(this.target.folder, 'state.json'));
  }
}

async function make(
  block: Block,
  change: PlannedChange,
  about: About,
  scope: Scope,
  state: State,
  operations: Operations,
  target: Target,
): Promise<void> {
  const { address, type } = block;
  const prior = change.action === 'update' ? state.get(address)?.current?.attributes : undefined;
  checkConditions(address, block.preconditions, scope);
  const desired = prior ? wanted(block, scope, prior) : desiredOf(block, scope);
  if (!isKnown(desired)) throw new Error('something that it needs is not known even now');
  const attributes = prior
    ? await operations.update(address, desired as Attributes, about)
    : await operations.create(address, type, desired as Attributes, about, () =>
        provision(block, scope, target),
      );
  checkConditions(address, block.postconditions, (reference) =>
    reference.address !== 'self'
      ? scope(reference)
      : reference.attribute === undefined
        ? attributes
        : (attributes[reference.attribute] ?? null),
  );
}

function aboutOf(block: Block, { dependencies }: Configuration, first: ReadonlySet<string>): About {
  return {
    dependencies: [...(dependencies.get(block.address) ?? [])].sort(),
    createBeforeDestroy: first.has(block.address),
    timeouts: block.timeouts,
  };
}

/** What stays as it is may still have other dependencies or time-outs than when it was made. */
function rememberKept(configuration: Configuration, state: State, first: ReadonlySet<string>): void {
  for (const block of configuration.resources.values()) {
    const existing = state.get(block.address);
    if (!existing?.current) continue;
    const current = { ...existing.current, ...aboutOf(block, configuration, first) };
    if (!isDeepStrictEqual(current, existing.current)) state.set(block.address, { ...existing, current });
  }
}

async function refreshAll(state: State, operations: Operations): Promise<void> {
  const everything = new Map(state.addresses().map((address) => [address, new Set<string>()]));
  const failures = await walk(everything, AT_ONCE, (address) => operations.refresh(address));
  if (failures.length > 0) throw new Refusal([...new Set(failures.map(({ error }) => messageOf(error)))]);
}

function outputsOf({ outputs }: Configuration, scope: Scope): Record<string, Known> {
  return Object.fromEntries(
    [...outputs].map(([name, expression]) => {
      const value = evaluate(expression, scope);
      if (!isKnown(value)) throw new Refusal([`output.${name} is not known even after applying`]);
      return [name, value];
    }),
  );
}
