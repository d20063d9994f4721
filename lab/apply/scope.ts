import type { Block, Condition, Configuration, Variable } from './configuration';
import { evaluate, type Scope, toBoolean, toText } from './evaluate';
import { messageOf, Refusal } from './refusal';
import { DATA_TYPES } from './resource-types';
import { type Attribute, conform, empty } from './schema';
import { isKnown, type Known, type ObjectValue, UNKNOWN, type Value } from './value';

/**
 * Gives each reference its value.
 *
 * @param variables from `variableValues`
 * @param resource what is known of a resource so far; an attribute that it lacks is not known yet
 */
export function scopeOf(
  configuration: Configuration,
  variables: ReadonlyMap<string, Known>,
  resource: (address: string) => ObjectValue,
): Scope {
  const rendered = new Map<string, ObjectValue>();
  const data = (block: Block) => {
    const value = rendered.get(block.address) ?? readData(block, scope);
    // What rests on something unknown is looked at again later.
    if (isKnown(value)) rendered.set(block.address, value);
    return value;
  };
  const scope: Scope = ({ address, attribute }) => {
    const local = configuration.locals.get(address);
    if (local) return evaluate(local, scope);
    if (address.startsWith('var.')) return variables.get(address.slice('var.'.length)) ?? null;
    if (address === 'self') throw new Error('self stands for something in conditions only');
    const block = configuration.data.get(address);
    const object = block ? data(block) : resource(address);
    return attribute === undefined ? object : (object[attribute] ?? UNKNOWN);
  };
  return scope;
}

/**
 * The attributes that a block asks for, with defaults and of the right types. What the API fills in is left out.
 *
 * @throws Error with one sentence
 */
export function desiredOf({ address, schema, attributes }: Block, scope: Scope): Record<string, Value> {
  const desired: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(schema)) {
    if (attribute.readOnly) continue;
    const expression = attributes[name];
    try {
      const value = expression ? evaluate(expression, scope) : null;
      const conformed = value === null ? unset(attribute) : conform(value, attribute.type);
      if (conformed !== undefined) desired[name] = conformed;
    } catch (error) {
      throw new Error(`${address}: ${name}: ${messageOf(error)}`);
    }
  }
  return desired;
}

/** Throws an Error with the condition's own message when it does not hold; an unknown one is let pass. */
export function checkConditions(where: string, conditions: readonly Condition[], scope: Scope): void {
  for (const { condition, message } of conditions) {
    let holds: Value;
    try {
      holds = evaluate(condition, scope);
      if (holds === UNKNOWN || toBoolean(holds)) continue;
    } catch (error) {
      throw new Error(`${where}: a condition can't be evaluated: ${messageOf(error)}`);
    }
    throw new Error(`${where}: ${toText(evaluate(message, scope))}`);
  }
}

/**
 * The stack's variables, checked.
 *
 * @throws Refusal with a sentence for each that has no value or a wrong one
 */
export function variableValues(
  { variables }: Configuration,
  given: Readonly<Record<string, string>>,
): Map<string, Known> {
  const values = new Map<string, Known>();
  const reasons: string[] = [];
  for (const [name, variable] of variables) {
    try {
      const value = variableValue(variable, given[name]);
      checkConditions(`var.${name}`, variable.validations, () => value);
      values.set(name, value);
    } catch (error) {
      const about = variable.description ? ` (${variable.description})` : '';
      reasons.push(`TF_VAR_${name}: ${messageOf(error)}${about}`);
    }
  }
  if (reasons.length > 0) throw new Refusal(reasons);
  return values;
}

function variableValue({ type, nullable, ...variable }: Variable, given: string | undefined): Known {
  const value = given ?? variable.default;
  if (value === undefined) throw new Error('it has no value; set this environment variable');
  if (value === null && nullable) return null;
  if (value === null) throw new Error('it must not be null');
  const conformed = conform(value as Known, type);
  return conformed as Known;
}

function unset(attribute: Attribute): Known | undefined {
  if (attribute.default !== undefined) return attribute.default;
  return attribute.computed ? undefined : empty(attribute.type);
}

function readData(block: Block, scope: Scope): ObjectValue {
  const desired = desiredOf(block, scope);
  if (!isKnown(desired)) return desired;
  try {
    return { ...desired, ...DATA_TYPES.get(block.type)?.read(desired) };
  } catch (error) {
    throw new Error(`${block.address}: ${messageOf(error)}`);
  }
}
