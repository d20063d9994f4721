import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RegistrySpec } from './registry';
import type { Stack } from './synthesize';

/** The container image that a synthesized stack runs on its app droplets. */
export interface ContainerImage {
  /** registry.example.com/shop:1.4 */
  readonly reference: string;
  readonly registry: Omit<RegistrySpec, 'login'>;
  /** Who pulls it. @default - nobody: the image is public */
  readonly username?: string;
}

/** Reads from the user data of a stack which image it runs; undefined for one without. */
export async function containerImageOf({ directory }: Stack): Promise<ContainerImage | undefined> {
  const { data } = JSON.parse(await readFile(join(directory, 'cdk.tf.json'), 'utf8'));
  const parts = Object.values<{ part: { content: string }[] }>(data?.cloudinit_config ?? {}).flatMap(
    ({ part }) => part.filter(({ content }) => content.startsWith('#cloud-config')),
  );
  for (const { content } of parts) {
    const files: { path: string; content: string }[] = parse(content).write_files ?? [];
    const file = (path: string) => files.find((each) => each.path === path)?.content ?? '';
    const [, reference] = /^APP_IMAGE=(\S+)$/m.exec(file('/etc/scale-up/stack.env')) ?? [];
    if (reference) {
      const [place = ''] = reference.split('/');
      const [host = '', port = '443'] = place.split(':');
      const [username] = file('/etc/scale-up/secrets/registry').split('\n');
      return { reference, registry: { host, port: Number(port) }, username: username || undefined };
    }
  }
  return undefined;
}
