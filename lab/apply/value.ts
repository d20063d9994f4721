/** Stands for what is known only after something has been applied. */
export const UNKNOWN = Symbol('known after apply');

export type Value = null | boolean | number | string | typeof UNKNOWN | readonly Value[] | ObjectValue;

export interface ObjectValue {
  readonly [key: string]: Value;
}

/** A value without unknown parts: what state files and the API hold. */
export type Known = null | boolean | number | string | readonly Known[] | { readonly [key: string]: Known };

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is ObjectValue {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Whether every part of a value is known. */
export function isKnown(value: Value): value is Known {
  if (value === UNKNOWN) return false;
  if (isList(value)) return value.every(isKnown);
  return !isObject(value) || Object.values(value).every(isKnown);
}

/** Whether two values are the same, whatever the order of their keys. */
export function isSame(a: Value, b: Value): boolean {
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((item, i) => isSame(item, b[i] ?? null));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => key in b && isSame(a[key] ?? null, b[key] ?? null))
    );
  }
  return a === b;
}

/** What a value is called in messages. */
export function kindOf(value: Value): string {
  if (value === UNKNOWN) return 'a value that is not known yet';
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
