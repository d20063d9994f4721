import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
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
  /** Folder with cdktf.json, or with Terraform JSON or what `cdktf synth` wrote. @default - the working directory */
  readonly stack?: string;
  /** The command that synthesizes. @default - the one in cdktf.json */
  readonly app?: string;
}

/** The folder in which a stack's lab.json is. */
export const folderOf = ({ stack = '.' }: StackSource): string => {
  const folder = resolve(stack);
  return existsSync(join(folder, 'manifest.json')) ? resolve('.') : folder;
};

/**
 * Reads a stack, or synthesizes it as `cdktf synth` does.
 *
 * @param outdir where the Terraform JSON goes that is synthesized
 * @throws one sentence when there is no stack, and the app's own words when a setting is wrong
 */
export async function readStack(source: StackSource, outdir: string): Promise<Stack> {
  const folder = resolve(source.stack ?? '.');
  if (existsSync(join(folder, 'manifest.json'))) return synthesized(folder, `${folder}`);
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
  return synthesized(outdir, `\`${command}\``);
}

/** @param where who wrote it, for a sentence */
async function synthesized(outdir: string, where: string): Promise<Stack> {
  const { stacks } = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'));
  const names = Object.keys(stacks);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new Error(`The lab deploys one stack; ${where} has ${names.length}: ${names.join(', ')}.`);
  }
  return read(name, join(outdir, stacks[name].workingDirectory, 'cdk.tf.json'));
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
