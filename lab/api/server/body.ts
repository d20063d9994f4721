import type { z } from 'zod';
import { storable } from './digits';
import { invalid } from './errors';

export interface Reading {
  readonly value: unknown;
  /** Where keys were that nobody knows, such as `inbound_rules.0.colour`. */
  readonly ignored: readonly string[];
}

type Issue = z.core.$ZodIssue;
type Holder = Record<PropertyKey, unknown>;

/**
 * Reads a body as DigitalOcean does: keys that nobody knows are ignored, numbers and booleans may come as texts.
 * Changes what it is given.
 *
 * @param isStrict refuse both
 * @throws 422
 */
export function readBody(schema: z.ZodType | undefined, given: unknown, isStrict: boolean): Reading {
  const ignored: string[] = [];
  if (!schema) return { value: undefined, ignored };
  for (;;) {
    const result = schema.safeParse(given);
    if (result.success) return { value: storable(result.data), ignored };
    const repaired = isStrict ? [] : result.error.issues.filter((issue) => repair(given, issue, ignored));
    if (repaired.length === 0) throw invalid(result.error);
  }
}

/** Takes one mistake away, if it is none to DigitalOcean. */
function repair(body: unknown, issue: Issue, ignored: string[]): boolean {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      delete at(body, issue.path)[key];
      ignored.push([...issue.path, key].join('.'));
    }
    return true;
  }
  const name = issue.path.at(-1);
  if (issue.code !== 'invalid_type' || name === undefined) return false;
  const holder = at(body, issue.path.slice(0, -1));
  const meant = meaning(holder[name], issue.expected);
  if (meant !== undefined) holder[name] = meant;
  return meant !== undefined;
}

const at = (body: unknown, path: readonly PropertyKey[]): Holder =>
  path.reduce<Holder>((holder, name) => holder[name] as Holder, body as Holder);

function meaning(value: unknown, expected: string): number | boolean | undefined {
  if (typeof value !== 'string') return undefined;
  if (expected === 'boolean') return { true: true, false: false }[value];
  const isNumber = (expected === 'number' || expected === 'int') && /^-?\d{1,15}(\.\d{1,15})?$/.test(value);
  return isNumber ? Number(value) : undefined;
}
