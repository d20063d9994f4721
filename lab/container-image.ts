import type { RegistrySpec } from './registry';
import { stackVariable, type UserDataFile } from './stack-environment';

/** The container image that a synthesized stack runs on its app droplets. */
export interface ContainerImage {
  /** registry.example.com/shop:1.4 */
  readonly reference: string;
  readonly registry: Omit<RegistrySpec, 'login'>;
  /** Who pulls it. @default - nobody: the image is public */
  readonly username?: string;
}

/** Reads from the user data of a stack which image it runs; undefined for one without. */
export function containerImageOf(files: readonly UserDataFile[]): ContainerImage | undefined {
  const reference = stackVariable(files, 'APP_IMAGE');
  if (reference === undefined) return undefined;
  const [place = ''] = reference.split('/');
  const [host = '', port = '443'] = place.split(':');
  const login = files.find(({ path }) => path === '/etc/scale-up/secrets/registry')?.content;
  return { reference, registry: { host, port: Number(port) }, username: login?.split('\n')[0] };
}
