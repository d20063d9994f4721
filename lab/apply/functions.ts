import { createHash } from 'node:crypto';
import { type Known, kindOf } from './value';

/** Terraform's functions, as far as stacks here use them. Each throws an Error with one sentence. */
export const FUNCTIONS: Readonly<Record<string, (args: readonly Known[]) => Known>> = {
  base64encode,
  jsonencode,
  nonsensitive,
  regex,
  sha1,
};

/** What an expression may call; `can` is evaluated by itself. */
export const FUNCTION_NAMES: readonly string[] = ['can', ...Object.keys(FUNCTIONS)];

function base64encode(args: readonly Known[]): string {
  const [text] = takes('base64encode', args, 1);
  if (typeof text !== 'string') throw new Error(`base64encode() takes a string, not ${kindOf(text ?? null)}`);
  return Buffer.from(text).toString('base64');
}

function jsonencode(args: readonly Known[]): string {
  const [value = null] = takes('jsonencode', args, 1);
  // Terraform's encoder also escapes what means something in HTML or ends a line in JavaScript.
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Here nothing that is sensitive is hidden in the first place. */
function nonsensitive(args: readonly Known[]): Known {
  const [value = null] = takes('nonsensitive', args, 1);
  return value;
}

function regex(args: readonly Known[]): Known {
  const [pattern, text] = takes('regex', args, 2);
  if (typeof pattern !== 'string' || typeof text !== 'string') {
    throw new Error(`regex() takes two strings, not ${args.map(kindOf).join(' and ')}`);
  }
  const found = expressionOf(pattern).exec(text);
  if (!found) throw new Error(`the pattern ${JSON.stringify(pattern)} matches nothing`);
  return found[0];
}

function sha1(args: readonly Known[]): string {
  const [text] = takes('sha1', args, 1);
  if (typeof text !== 'string') throw new Error(`sha1() takes a string, not ${kindOf(text ?? null)}`);
  return createHash('sha1').update(text).digest('hex');
}

/** A pattern that JavaScript reads as Terraform's RE2 does: no groups, since they change the result, no dot, no classes by name. */
function expressionOf(pattern: string): RegExp {
  const same =
    /^(?:\\[dw^$.*+?|()[\]{}\\/-]|\[(?:\\[dw^$.*+?|()[\]{}\\/-]|[^\]\\[])+\]|[^\\()[\]{}.]|\{\d+(?:,\d*)?\})*$/;
  if (!same.test(pattern)) throw new Error(`the pattern ${JSON.stringify(pattern)} is not supported`);
  return new RegExp(pattern, 'u');
}

function takes(name: string, args: readonly Known[], count: number): readonly Known[] {
  if (args.length !== count) throw new Error(`${name}() takes ${count} arguments, not ${args.length}`);
  return args;
}

/** The same value with the keys of its objects in Terraform's order. */
function sorted(value: Known): Known {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as { readonly [key: string]: Known });
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  );
}
