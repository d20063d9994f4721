import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { attempt } from './run';

const PROJECT = resolve(__dirname, '..');

/** A synthesized stack on disk. */
export interface Stack {
  readonly name: string;
  /** Folder of its cdk.tf.json. */
  readonly directory: string;
}

/**
 * Synthesizes the project's stack, as `cdktf synth` does.
 *
 * @param outdir where the Terraform JSON goes
 * @param app the command that synthesizes; by default the one in cdktf.json
 * @throws with the app's own words when a setting is wrong
 */
export async function synthesize(outdir: string, app?: string): Promise<Stack> {
  const command = app ?? JSON.parse(await readFile(join(PROJECT, 'cdktf.json'), 'utf8')).app;
  const { status, stdout, stderr } = await attempt(['sh', '-c', command], {
    cwd: PROJECT,
    env: { CDKTF_OUTDIR: outdir },
  });
  if (status !== 0) {
    throw new Error(
      stderr.trim() || stdout.trim() || `\`${command}\` failed with status ${status} and said nothing.`,
    );
  }
  const { stacks } = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'));
  const names = Object.keys(stacks);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new Error(
      `The lab deploys one stack; \`${command}\` synthesized ${names.length}: ${names.join(', ')}.`,
    );
  }
  return { name, directory: join(outdir, stacks[name].workingDirectory) };
}
