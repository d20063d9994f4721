import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../user-error';
import { Explained } from './explained';

/** A synthesized stack. Paths are relative to the project's folder, which is the working directory. */
export interface Stack {
  readonly name: string;
  /** Where Terraform works. */
  readonly folder: string;
  /** The Terraform JSON. */
  readonly file: string;
  readonly warnings: readonly string[];
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      {
        readonly annotations: readonly { readonly level: string; readonly message: string }[];
        readonly synthesizedStackPath: string;
        readonly workingDirectory: string;
      }
    >
  >;
}

const MANIFEST = 'manifest.json';

/**
 * Runs the app of cdktf.json, as the CDKTF command line does, and gives the stacks that it wrote.
 *
 * @param output the folder for them; by default that of cdktf.json
 */
export function synthesize(output = outputFolder()): readonly Stack[] {
  const { app, context = {} } = configuration();
  const began = Date.now();
  const { status } = spawnSync(app, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, CDKTF_OUTDIR: output, CDKTF_CONTEXT_JSON: JSON.stringify(context) },
  });
  if (status !== 0) throw new Explained(status ?? 1);
  // An app may name the folder itself. What it has not written now is not to be taken from an earlier run.
  const place = [output, outputFolder()].find((folder) => isSince(began, join(folder, MANIFEST)));
  if (place === undefined) {
    throw new UserError([`\`${app}\` has written no stack; its last line is to be app.synth()`]);
  }
  const { stacks }: Manifest = JSON.parse(readFileSync(join(place, MANIFEST), 'utf8'));
  return Object.entries(stacks).map(([name, stack]) => ({
    name,
    folder: join(place, stack.workingDirectory),
    file: join(place, stack.synthesizedStackPath),
    warnings: stack.annotations.filter(({ level }) => level === '@cdktf/warn').map(({ message }) => message),
  }));
}

/** Milliseconds by which a file's time may be behind the clock's. */
const COARSE = 20;

const isSince = (time: number, file: string) => existsSync(file) && statSync(file).mtimeMs >= time - COARSE;

/**
 * Does something with stacks that are synthesized into a folder of their own, which is gone afterwards: those that were synthesized
 * before stay as they are, since `npm run preview` may compare with them.
 */
export async function withStacks<T>(use: (stacks: readonly Stack[]) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-up-'));
  try {
    return await use(synthesize(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const configurationFormat = z.object({
  app: z.string().min(1),
  context: z.record(z.string(), z.unknown()).optional(),
  output: z.string().min(1).optional(),
});

/** @throws UserError where there is no cdktf.json that names an app */
function configuration(): z.infer<typeof configurationFormat> {
  if (!existsSync('cdktf.json')) {
    throw new UserError([
      'There is no cdktf.json here; run this in the folder of your project, which has one.',
    ]);
  }
  try {
    return configurationFormat.parse(JSON.parse(readFileSync('cdktf.json', 'utf8')));
  } catch {
    throw new UserError(['cdktf.json: is not JSON with the command of an app; docs/environments.md has one']);
  }
}

/** Where stacks are synthesized to. */
function outputFolder(): string {
  return configuration().output ?? 'cdktf.out';
}

/** Where a stack lies that was synthesized before, if it was. */
export function placeOf(name: string): Pick<Stack, 'file' | 'folder'> {
  const folder = join(outputFolder(), 'stacks', name);
  return { folder, file: join(folder, 'cdk.tf.json') };
}

/** The one that is meant: by its name, which the only one needs not. */
export function choose(stacks: readonly Stack[], name: string | undefined, command: string): Stack {
  const names = stacks.map((stack) => stack.name).join(', ');
  if (name === undefined) {
    const [stack, another] = stacks;
    if (stack && !another) return stack;
    throw new UserError([
      stack
        ? `Which stack? There are ${names}; npm run ${command} -- ${stack.name} takes the first.`
        : 'main.ts made no stack.',
    ]);
  }
  const stack = stacks.find((candidate) => candidate.name === name);
  if (!stack) throw new UserError([`There is no stack "${name}", only ${names}.`]);
  return stack;
}
