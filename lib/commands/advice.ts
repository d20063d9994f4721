import { readFileSync } from 'node:fs';
import type { Stack } from './synthesis';

interface Configuration {
  readonly variable?: Readonly<Record<string, { readonly default?: unknown; readonly description?: string }>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
}

interface Resource {
  readonly lifecycle?: { readonly prevent_destroy?: boolean };
}

/** What to do about a plan that Terraform refuses to make, where it is this project's business. */
export function adviceOn(reason: string, { file }: Stack): string[] {
  const { variable = {}, resource = {} }: Configuration = JSON.parse(readFileSync(file, 'utf8'));
  if (reason.includes('prevent_destroy')) {
    const isProtected = ([, { lifecycle }]: [string, Resource]) => lifecycle?.prevent_destroy;
    const addresses = Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named)
        .filter(isProtected)
        .map(([name]) => `${type}.${name}`),
    );
    return [
      `Protected from being destroyed: ${addresses.join(', ')}.`,
      'To lift that set deletionProtection: false in main.ts, and run this again.',
    ];
  }
  if (reason.includes('No value for required variable')) {
    return Object.entries(variable)
      .filter(([name, body]) => body.default === undefined && process.env[`TF_VAR_${name}`] === undefined)
      .map(([name, { description = '' }]) => `Set TF_VAR_${name} in the environment: ${description}`);
  }
  return [];
}
