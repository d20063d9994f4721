import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Stack } from './stack';
import { type UserDataFile, userDataFiles } from './user-data-reader';

/** Where something is said: in an output of the stack, in a variable of an environment file in the user data, or in a file's first line. */
const location = z.union([
  z.strictObject({ output: z.string() }),
  z.strictObject({ file: z.string().startsWith('/'), variable: z.string().regex(/^\w+$/).optional() }),
]);
const valueOrLocation = z.union([z.string(), location]);

const schema = z.strictObject({
  ready: z.string().startsWith('/').optional(),
  tokens: z.record(z.string(), z.array(z.string())).default({}),
  certificateAuthority: valueOrLocation.optional(),
  containerImage: valueOrLocation.optional(),
  registryLogin: z.strictObject({ username: valueOrLocation, password: z.string() }).optional(),
  buckets: z.array(valueOrLocation).default([]),
  images: z.record(z.string(), z.string()).default({}),
  serverStates: z.string().optional(),
});

/** What a stack says of itself to a lab: all that its Terraform JSON does not say. Each of it may be left out. */
export interface Declaration {
  /** A path of the site that answers 200 once nothing is missing. */
  readonly ready?: string;
  /** Terraform variables that are tokens of DigitalOcean's API, each with its scopes: the lab makes them. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  /** URL of the ACME directory from which the site gets its certificates. */
  readonly certificateAuthority?: ValueOrLocation;
  /** The container image that the droplets pull, such as registry.example.com/shop:1.4 */
  readonly containerImage?: ValueOrLocation;
  /** Who pulls it; the password is that of a Terraform variable. */
  readonly registryLogin?: { readonly username: ValueOrLocation; readonly password: string };
  /** Buckets of Spaces that exist before the stack does, each by an address in it: the lab makes them. */
  readonly buckets: readonly ValueOrLocation[];
  /** Which image of the lab stands in for one that it does not have, by their slugs. */
  readonly images: Readonly<Record<string, string>>;
  /** Path of a module that tells the states of the servers behind a load balancer: see ServerStates. */
  readonly serverStates?: string;
}

export type ValueOrLocation = string | z.infer<typeof location>;

const FILE = 'lab.json';

/**
 * Reads what a stack says of itself in lab.json. A stack without that file says nothing.
 *
 * @throws one sentence with what is wrong in it
 */
export async function readDeclaration(folder: string): Promise<Declaration> {
  const file = resolve(folder, FILE);
  const text = existsSync(file) ? await readFile(file, 'utf8') : '{}';
  const { success, data, error } = schema.safeParse(parsed(text));
  if (!success) {
    const mistakes = error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new Error(`${FILE}: ${mistakes.join('; ')}`);
  }
  return { ...data, serverStates: data.serverStates && join(dirname(file), data.serverStates) };
}

/** Where a declaration may point to. */
export interface Said {
  readonly files: readonly UserDataFile[];
  /** Of the Terraform JSON, by name. */
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
}

export function saidBy(stack: Stack): Said {
  return { files: userDataFiles(stack), outputs: stack.terraform.output ?? {} };
}

/** What is declared, looked up where the declaration says so; undefined where that has nothing. */
export function lookUp(declared: ValueOrLocation | undefined, { files, outputs }: Said): string | undefined {
  if (declared === undefined || typeof declared === 'string') return declared;
  if ('output' in declared) return outputs[declared.output]?.value as string | undefined;
  const contents = files.filter(({ path }) => path === declared.file).map(({ content }) => content);
  if (declared.variable === undefined) return contents[0]?.split('\n')[0];
  return new RegExp(`^${declared.variable}=(\\S+)$`, 'm').exec(contents.join(''))?.[1];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${FILE} is no JSON: ${(error as Error).message}`);
  }
}
