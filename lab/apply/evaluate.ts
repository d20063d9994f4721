import type { BinaryOperator, Expression, Reference } from './expression';
import { FUNCTIONS } from './functions';
import { isKnown, isList, isObject, isSame, kindOf, UNKNOWN, type Value } from './value';

/** Gives what a reference stands for. Throws an Error with one sentence when it stands for nothing. */
export type Scope = (reference: Reference) => Value;

/**
 * The value of an expression; UNKNOWN where it rests on what is not known yet.
 *
 * @throws Error with one sentence
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  const of = (part: Expression) => evaluate(part, scope);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'reference':
      return scope(expression.reference);
    case 'template':
      return join(expression.parts.map(of));
    case 'list':
      return expression.items.map(of);
    case 'object':
      return Object.fromEntries(expression.entries.map(([key, value]) => [toText(of(key)), of(value)]));
    case 'index':
      return index(of(expression.of), of(expression.key));
    case 'call':
      return call(expression.name, expression.args, scope);
    case 'not':
      return negate(of(expression.operand));
    case 'binary':
      return operate(expression.operator, of(expression.left), of(expression.right));
    case 'conditional': {
      const condition = of(expression.condition);
      if (condition === UNKNOWN) return UNKNOWN;
      return of(toBoolean(condition) ? expression.yes : expression.no);
    }
  }
}

/** A value as part of a string. Throws when it is none that Terraform puts into a string. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') throw new Error(`${kindOf(value)} can't be part of a string`);
  const text = String(value);
  // Beyond that, JavaScript's numbers are not Terraform's.
  if (text.includes('e') || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new Error(`the number ${text} is too large or too small`);
  }
  return text;
}

/** A value as a truth, also when it is spelt as a string. */
export function toBoolean(value: Value): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new Error(`true or false was expected, not ${kindOf(value)}`);
}

function join(values: readonly Value[]): Value {
  return values.includes(UNKNOWN) ? UNKNOWN : values.map(toText).join('');
}

function index(value: Value, key: Value): Value {
  if (value === UNKNOWN || key === UNKNOWN) return UNKNOWN;
  if (isList(value) && typeof key === 'number') {
    const item = value[key];
    if (item === undefined) throw new Error(`a list of ${value.length} has no element ${key}`);
    return item;
  }
  if (!isObject(value) || typeof key !== 'string') {
    throw new Error(`${kindOf(value)} has no element ${JSON.stringify(key)}`);
  }
  if (!Object.hasOwn(value, key)) throw new Error(`there is no "${key}" in an object`);
  return value[key] ?? null;
}

function call(name: string, args: readonly Expression[], scope: Scope): Value {
  // can() is no function of values: it asks whether its argument has one.
  if (name === 'can') return can(args, scope);
  const implementation = FUNCTIONS[name];
  if (!implementation) throw new Error(`the function ${name} is not supported`);
  const values = args.map((arg) => evaluate(arg, scope));
  return values.every(isKnown) ? implementation(values) : UNKNOWN;
}

function can([argument, ...more]: readonly Expression[], scope: Scope): Value {
  if (!argument || more.length > 0) throw new Error('can() takes one argument');
  try {
    return evaluate(argument, scope) === UNKNOWN ? UNKNOWN : true;
  } catch {
    return false;
  }
}

function negate(value: Value): Value {
  return value === UNKNOWN ? UNKNOWN : !toBoolean(value);
}

function operate(operator: BinaryOperator, left: Value, right: Value): Value {
  if (!isKnown(left) || !isKnown(right)) return UNKNOWN;
  switch (operator) {
    case '==':
      return isSame(left, right);
    case '!=':
      return !isSame(left, right);
    case '&&':
      return [left, right].map(toBoolean).every(Boolean);
    case '||':
      return [left, right].map(toBoolean).some(Boolean);
    default:
      return compare(operator, left, right);
  }
}

function compare(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') {
    throw new Error(`${operator} compares numbers, not ${kindOf(left)} with ${kindOf(right)}`);
  }
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
