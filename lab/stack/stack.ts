import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { attempt } from '../common/run';

/** A stack on disk, as Terraform is given it. */
export interface Stack {
  readonly name: string;
  /** Path of its Terraform JSON. */
  readonly configuration: string;
  /** What is in it. */
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  readonly terraform: any;
}

/** Where a stack comes from: it is synthesized, or lies there. */
export interface StackSource {
  /**
   * Folder with cdktf.json, or with Terraform JSON or what `cdktf synth` wrote; with the name of a stack behind it where there are several:
   * `staging` for one of the working directory. @default - the working directory
   */
  readonly stack?: string;
  /** The command that synthesizes. @default - the one in cdktf.json */
  readonly app?: string;
}

/** The folder in which a stack's lab.json is. */
export const folderOf = (source: StackSource): string => {
  const { folder } = placeOf(source);
  return isSynthesized(folder) ? resolve('.') : folder;
};

const isSynthesized = (folder: string) => existsSync(join(folder, 'manifest.json'));

/** A folder, and which of its stacks is meant, if that is said. */
function placeOf({ stack = '.' }: StackSource): { readonly folder: string; readonly name?: string } {
  const folder = resolve(stack);
  const around = dirname(folder);
  const isName = !existsSync(folder) && (isSynthesized(around) || existsSync(join(around, 'cdktf.json')));
  return isName ? { folder: around, name: basename(folder) } : { folder };
}

/**
 * Reads a stack, or synthesizes it as `cdktf synth` does.
 *
 * @param outdir where the Terraform JSON goes that is synthesized
 * @throws one sentence when there is no stack, and the app's own words when a setting is wrong
 */
export async function readStack(source: StackSource, outdir: string): Promise<Stack> {
  const { folder, name } = placeOf(source);
  if (isSynthesized(folder)) return synthesized(folder, name, folder);
  if (source.app === undefined && !existsSync(join(folder, 'cdktf.json'))) return plain(folder);
  const command = source.app ?? JSON.parse(await readFile(join(folder, 'cdktf.json'), 'utf8')).app;
  const { status, stdout, stderr } = await attempt(['sh', '-c', command], {
    cwd: folder,
    env: { CDKTF_OUTDIR: outdir },
  });
  if (status !== 0) {
    throw new Error(
      stderr.trim() || stdout.trim() || `\`${command}\` failed with status ${status} and said nothing.`,
    );
  }
  return synthesized(outdir, name, `\`${command}\``);
}

/**
 * @param name of the stack; the only one needs none
 * @param where who wrote it, for a sentence
 */
async function synthesized(outdir: string, name: string | undefined, where: string): Promise<Stack> {
  const { stacks } = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'));
  const names = Object.keys(stacks);
  const [first, another] = names;
  if (name !== undefined && !names.includes(name)) {
    throw new Error(
      `There is no folder ${name}, and no stack of that name: ${where} has ${names.join(', ')}.`,
    );
  }
  const chosen = name ?? (another === undefined ? first : undefined);
  if (chosen === undefined) {
    throw new Error(
      `A lab has one stack; ${where} has ${names.length}: ${names.join(', ')}. The name of one goes behind --stack.`,
    );
  }
  return read(chosen, join(outdir, stacks[chosen].workingDirectory, 'cdk.tf.json'));
}

/** A folder of Terraform's own, written by hand or by another program. */
async function plain(folder: string): Promise<Stack> {
  const files = await readdir(folder).catch(() => [] as string[]);
  const [file, ...more] = files.filter((name) => name.endsWith('.tf.json'));
  if (file === undefined || more.length > 0 || files.some((name) => name.endsWith('.tf'))) {
    throw new Error(
      `${folder} has neither a cdktf.json, nor what \`cdktf synth\` writes, nor one file *.tf.json alone: the lab reads Terraform's JSON, not HCL.`,
    );
  }
  return read(basename(folder), join(folder, file));
}

async function read(name: string, configuration: string): Promise<Stack> {
  return { name, configuration, terraform: JSON.parse(await readFile(configuration, 'utf8')) };
}
