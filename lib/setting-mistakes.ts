import { inspect } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';

/**
 * Says what is wrong with settings, one sentence per mistake.
 *
 * @param issues what zod found
 * @param input the settings as given
 * @param example valid settings with every key filled in, from which the known keys are read
 */
export function sentences(issues: readonly z.core.$ZodIssue[], input: unknown, example: object): string[] {
  return issues.flatMap((issue) => describe(issue, input, example));
}

function describe(issue: z.core.$ZodIssue, input: unknown, example: object): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path.map(String), key], example));
  }
  if (issue.code === 'invalid_union') {
    // Of the alternatives the one that was meant is the one whose mistakes are within it.
    const meant = issue.errors.find((found) => found.every(isWithin));
    if (meant) {
      return meant.flatMap((inner) =>
        describe({ ...inner, path: [...issue.path, ...inner.path] }, input, example),
      );
    }
  }
  const path = issue.path.map((step, i) =>
    typeof step === 'number' ? `[${step}]` : `${i ? '.' : ''}${String(step)}`,
  );
  const value = issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    input,
  );
  const where = path.join('') || 'settings';
  if (value === undefined && issue.code === 'invalid_type') {
    return [`${where}: is missing; it needs ${article(issue.expected)}`];
  }
  const isSecret = issue.code === 'custom' && issue.params?.secret;
  return [`${where}: ${isSecret ? 'its value' : show(value)} ${expectation(issue)}`];
}

function isWithin({ path, code }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `is not ${issue.expected === 'int' ? 'a whole number' : article(issue.expected)}`;
    case 'too_small':
      return `is too small; the least is ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array'
        ? `has too many entries; the most is ${issue.maximum}`
        : `is too big; the most is ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function show(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 1, breakLength: Infinity, compact: true });
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

function unknownKey(path: string[], example: object): string {
  const parent = path.slice(0, -1);
  const siblings = parent.reduce((at: object, key) => at[key as keyof object], example);
  const key = path.at(-1) ?? '';
  const known = Object.keys(siblings);
  const nearest = meant(key, known);
  const shown = path.map((key) => (/^\w+$/.test(key) ? key : JSON.stringify(key))).join('.');
  return nearest
    ? `${shown}: is not a setting; did you mean ${[...parent, nearest].join('.')}?`
    : `${shown}: is not a setting; ${[parent.join('.'), 'has'].join(' ').trim()} ${known.join(', ')}`;
}

/** The known key that was meant, where one is near. */
function meant(key: string, known: readonly string[]): string | undefined {
  // "image" is nearer to "dropletImage" than to "size", whatever the letters say.
  const end = known.find((name) => name.toLowerCase().endsWith(key.toLowerCase()));
  const nearest = closest(key, known);
  return end ?? (distance(key, nearest) <= Math.max(2, nearest.length / 3) ? nearest : undefined);
}
