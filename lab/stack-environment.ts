import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Stack } from './synthesize';

/** A file that a stack's user data puts on a droplet. */
export interface UserDataFile {
  readonly path: string;
  readonly content: string;
}

/** The files that say what this deployment is, droplet after droplet: of the user data of a stack the parts that are not shared. */
export async function deploymentFiles({ directory }: Stack): Promise<UserDataFile[]> {
  const { data } = JSON.parse(await readFile(join(directory, 'cdk.tf.json'), 'utf8'));
  const documents = Object.values<{ part: { content: string }[] }>(data?.cloudinit_config ?? {});
  return documents
    .flatMap(({ part }) => part)
    .filter(({ content }) => content.startsWith('#cloud-config'))
    .flatMap(({ content }) => parse(content).write_files ?? []);
}

/** A value out of any droplet's stack.env; undefined when none has it. */
export function stackVariable(files: readonly UserDataFile[], name: string): string | undefined {
  const lines = files.filter(({ path }) => path === '/etc/scale-up/stack.env').map(({ content }) => content);
  return new RegExp(`^${name}=(\\S+)$`, 'm').exec(lines.join(''))?.[1];
}
