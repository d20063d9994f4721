import { toBoolean, toText } from './evaluate';
import { isKnown, isList, isObject, isSame, type Known, kindOf, UNKNOWN, type Value } from './value';

/** A set is a list whose order and repetitions mean nothing; blocks are lists (or sets) of objects. */
export type Type =
  | 'string'
  | 'number'
  | 'bool'
  /** Whatever it is, as it is. */
  | 'any'
  | { readonly list: Type }
  | { readonly set: Type }
  | { readonly object: Readonly<Record<string, Type>> };

export interface Attribute {
  readonly type: Type;
  /** The configuration must give it. */
  readonly required?: true;
  /** The API gives it, and the configuration can't. */
  readonly readOnly?: true;
  /** The API gives it where the configuration does not. */
  readonly computed?: true;
  /** It can't be changed on the thing itself. */
  readonly forcesReplacement?: true;
  /** What it is where the configuration does not say. @default - empty: "", 0, false or no element */
  readonly default?: Known;
  /** The state keeps only its SHA-1, as the provider does. */
  readonly hashed?: true;
}

export type Schema = Readonly<Record<string, Attribute>>;

/**
 * A configured value as its attribute's type: conversions, the order of sets and empty fields as Terraform's providers do.
 *
 * @throws Error with one sentence
 */
export function conform(value: Value, type: Type): Value {
  if (value === UNKNOWN) return UNKNOWN;
  if (value === null) return empty(type);
  if (type === 'string') return toText(value);
  if (type === 'number') return toNumber(value);
  if (type === 'bool') return toBoolean(value);
  if (type === 'any') return value;
  if ('object' in type) return conformObject(value, type.object);
  const element = 'list' in type ? type.list : type.set;
  const items = toItems(value, element).map((item) => conform(item, element));
  return 'set' in type && items.every(isKnown) ? asSet(items) : items;
}

/** What an attribute of this type is when nothing is said about it. */
export function empty(type: Type): Known {
  if (type === 'string') return '';
  if (type === 'number') return 0;
  if (type === 'bool') return false;
  if (type === 'any') return null;
  if (!('object' in type)) return [];
  return Object.fromEntries(Object.entries(type.object).map(([name, field]) => [name, empty(field)]));
}

function toNumber(value: Value): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw new Error(`a number was expected, not ${kindOf(value)}`);
  }
  return number;
}

/** In Terraform's JSON a lone block may stand without a list. */
function toItems(value: Value, element: Type): readonly Value[] {
  if (isList(value)) return value;
  if (isObject(value) && typeof element === 'object' && 'object' in element) return [value];
  throw new Error(`a list was expected, not ${kindOf(value)}`);
}

function conformObject(value: Value, fields: Readonly<Record<string, Type>>): Value {
  if (!isObject(value)) throw new Error(`an object was expected, not ${kindOf(value)}`);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw new Error(`"${unknown}" is not supported there`);
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [name, conform(value[name] ?? null, type)]),
  );
}

function asSet(items: readonly Known[]): readonly Known[] {
  const sorted = [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return sorted.filter((item, i) => i === 0 || !isSame(item, sorted[i - 1] ?? null));
}
