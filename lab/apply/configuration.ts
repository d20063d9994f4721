import type { z } from 'zod';
import { type Body, type Document, document, metaArguments, sentences } from './document';
import { calls, type Expression, type Reference, references } from './expression';
import { FUNCTION_NAMES } from './functions';
import { closure, findCycle, type Graph } from './graph';
import { parseTemplate } from './parser';
import { messageOf, Refusal } from './refusal';
import type { Operation } from './resource-type';
import { DATA_TYPES, RESOURCE_TYPES } from './resource-types';
import type { Schema } from './schema';

export interface Condition {
  readonly condition: Expression;
  readonly message: Expression;
}

/** A command that is run on this machine once a resource has been made, with what is added to its environment. */
export interface Provisioner {
  readonly command: Expression;
  readonly environment: Expression;
}

/** A resource or data source as configured. */
export interface Block {
  readonly address: string;
  readonly type: string;
  readonly schema: Schema;
  readonly attributes: Readonly<Record<string, Expression>>;
  readonly createBeforeDestroy: boolean;
  readonly preventDestroy: boolean;
  readonly ignoreChanges: 'all' | readonly string[];
  /** Addresses of resources with which this one is replaced, when they change or are replaced. */
  readonly replaceTriggeredBy: readonly string[];
  readonly preconditions: readonly Condition[];
  readonly postconditions: readonly Condition[];
  readonly dependsOn: readonly string[];
  readonly provisioners: readonly Provisioner[];
  /** Milliseconds. */
  readonly timeouts: Readonly<Partial<Record<Operation, number>>>;
}

export interface Variable extends Omit<Document['variable'][string], 'validation'> {
  readonly validations: readonly Condition[];
}

/** A stack, read and checked: everything in it is known here by name. */
export interface Configuration {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly locals: ReadonlyMap<string, Expression>;
  readonly data: ReadonlyMap<string, Block>;
  readonly resources: ReadonlyMap<string, Block>;
  readonly outputs: ReadonlyMap<string, Expression>;
  /** For each resource, all resources that it rests on, also through others. */
  readonly dependencies: Graph;
}

/**
 * Reads the content of a cdk.tf.json.
 *
 * @throws Refusal with a sentence for each thing that this evaluator does not know
 */
export function parseConfiguration(content: unknown): Configuration {
  const parsed = document.safeParse(content);
  if (!parsed.success) throw new Refusal(sentences(parsed.error));
  const reader = new Reader();
  const configuration = reader.read(parsed.data);
  if (reader.reasons.length > 0) throw new Refusal(reader.reasons);
  return configuration;
}

class Reader {
  readonly reasons: string[] = [];
  private readonly uses: { readonly where: string; readonly reference: Reference }[] = [];
  private readonly graph = new Map<string, Set<string>>();

  read(source: Document): Configuration {
    const variables = entries(source.variable, ([name, { validation, ...variable }]) => [
      name,
      { ...variable, validations: this.conditions(`var.${name}`, 'validation', validation) },
    ]);
    const locals = entries(source.locals, ([name, value]) => [
      `local.${name}`,
      this.expression(`local.${name}`, 'value', value),
    ]);
    const data = this.blocks(source.data, 'data.', DATA_TYPES);
    const resources = this.blocks(source.resource, '', RESOURCE_TYPES);
    const outputs = entries(source.output, ([name, { value }]) => [
      name,
      this.expression(`output.${name}`, 'value', value),
    ]);
    const known = new Map<string, Schema | undefined>([
      ...[...variables.keys()].map((name) => [`var.${name}`, undefined] as const),
      ...[...locals.keys()].map((address) => [address, undefined] as const),
      ...[...data, ...resources].map(([address, { schema }]) => [address, schema] as const),
    ]);
    this.checkReferences(known);
    const dependencies = this.dependencies(resources);
    return { variables, locals, data, resources, outputs, dependencies };
  }

  private blocks(
    source: Document['resource'],
    prefix: string,
    types: ReadonlyMap<string, { readonly schema: Schema }>,
  ): Map<string, Block> {
    const found = new Map<string, Block>();
    for (const [type, bodies] of Object.entries(source)) {
      const schema = types.get(type)?.schema;
      if (!schema) this.reasons.push(`${prefix}${type} is not supported`);
      for (const [name, body] of Object.entries(schema ? bodies : {})) {
        const block = this.block(`${prefix}${type}.${name}`, type, schema ?? {}, body);
        found.set(block.address, block);
      }
    }
    return found;
  }

  private block(address: string, type: string, schema: Schema, body: Body): Block {
    const isResource = !address.startsWith('data.');
    const isMeta = (name: string) =>
      name === '//' || (isResource && Object.hasOwn(metaArguments.shape, name));
    const meta = this.meta(address, isResource ? body : {});
    const attributes = Object.entries(body).filter(([name]) => !isMeta(name));
    for (const [name] of attributes) {
      if (!Object.hasOwn(schema, name)) this.reasons.push(`${address}: "${name}" is not supported`);
      else if (schema[name]?.readOnly) this.reasons.push(`${address}: "${name}" can't be set`);
    }
    for (const [name, { required }] of Object.entries(schema)) {
      if (required && !Object.hasOwn(body, name)) this.reasons.push(`${address}: "${name}" is missing`);
    }
    for (const on of [...meta.depends_on, ...meta.lifecycle.replace_triggered_by]) {
      this.use(address, { address: on });
    }
    return {
      address,
      type,
      schema,
      attributes: Object.fromEntries(
        attributes.map(([name, value]) => [name, this.expression(address, name, value)]),
      ),
      createBeforeDestroy: meta.lifecycle.create_before_destroy,
      preventDestroy: meta.lifecycle.prevent_destroy,
      ignoreChanges: meta.lifecycle.ignore_changes,
      replaceTriggeredBy: meta.lifecycle.replace_triggered_by,
      preconditions: this.conditions(address, 'precondition', meta.lifecycle.precondition),
      postconditions: this.conditions(address, 'postcondition', meta.lifecycle.postcondition),
      dependsOn: meta.depends_on,
      provisioners: meta.provisioner.map(({ 'local-exec': { command, environment } }) => ({
        command: this.expression(address, 'command', command),
        environment: this.expression(address, 'environment', environment),
      })),
      timeouts: Object.fromEntries(
        Object.entries(meta.timeouts).map(([name, text]) => [name, milliseconds(text)]),
      ),
    };
  }

  private meta(address: string, body: Body): z.output<typeof metaArguments> {
    const result = metaArguments.safeParse(body);
    if (result.success) return result.data;
    this.reasons.push(...sentences(result.error, [address]));
    return metaArguments.parse({});
  }

  private conditions(
    where: string,
    name: string,
    source: readonly { readonly condition: unknown; readonly error_message: unknown }[],
  ): Condition[] {
    return source.map(({ condition, error_message }) => ({
      condition: this.expression(where, name, condition),
      message: this.expression(where, name, error_message),
    }));
  }

  /** A JSON value as an expression; what it refers to and calls is noted. */
  private expression(where: string, name: string, value: unknown): Expression {
    let expression: Expression;
    try {
      expression = toExpression(value);
    } catch (error) {
      this.reasons.push(`${where}: ${name}: ${messageOf(error)}`);
      return { kind: 'literal', value: null };
    }
    for (const reference of references(expression)) this.use(where, reference);
    for (const call of calls(expression)) {
      if (!FUNCTION_NAMES.includes(call))
        this.reasons.push(`${where}: the function ${call} is not supported`);
    }
    return expression;
  }

  private use(where: string, reference: Reference): void {
    if (reference.address === 'self') return;
    this.uses.push({ where, reference });
    const before = this.graph.get(where) ?? new Set();
    this.graph.set(where, before.add(reference.address));
  }

  private checkReferences(known: ReadonlyMap<string, Schema | undefined>): void {
    for (const { where, reference } of this.uses) {
      const { address, attribute } = reference;
      const schema = known.get(address);
      if (!known.has(address)) {
        this.reasons.push(`${where}: there is no ${address}`);
      } else if (
        attribute !== undefined &&
        attribute !== 'id' &&
        schema &&
        !Object.hasOwn(schema, attribute)
      ) {
        this.reasons.push(`${where}: ${address} has no attribute "${attribute}" that is supported`);
      }
    }
  }

  private dependencies(resources: ReadonlyMap<string, Block>): Graph {
    // A variable may refer to itself in its validations.
    const withoutVariables = new Map([...this.graph].filter(([address]) => !address.startsWith('var.')));
    const cycle = findCycle(withoutVariables);
    if (cycle) {
      this.reasons.push(`these refer to each other in a circle: ${cycle.join(', ')}`);
      return new Map();
    }
    return new Map(
      [...resources.keys()].map((address) => [
        address,
        new Set([...closure(withoutVariables, address)].filter((other) => resources.has(other))),
      ]),
    );
  }
}

function toExpression(value: unknown): Expression {
  if (typeof value === 'string') return parseTemplate(value);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(toExpression) };
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value);
    return {
      kind: 'object',
      entries: pairs.map(([key, item]) => [parseTemplate(key), toExpression(item)] as const),
    };
  }
  return { kind: 'literal', value: value as null | boolean | number };
}

function milliseconds(duration: string): number {
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[duration.at(-1) as 's' | 'm' | 'h'];
  return Number.parseInt(duration, 10) * unit;
}

function entries<T, U>(
  source: Readonly<Record<string, T>>,
  convert: (entry: [string, T]) => readonly [string, U],
): Map<string, U> {
  return new Map(Object.entries(source).map(convert));
}
