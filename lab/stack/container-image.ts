import type { RegistrySpec } from '../external/container-registry';
import { type Declaration, lookUp, type Said } from './declaration';

/** The container image that a stack runs. */
export interface ContainerImage {
  /** registry.example.com/shop:1.4 */
  readonly reference: string;
  readonly registry: Omit<RegistrySpec, 'login'>;
  /** Who pulls it. @default - nobody: the image is public */
  readonly username?: string;
}

/** Which image a stack runs, by what it declares; undefined for one without. */
export function containerImageOf(
  { containerImage, registryLogin }: Declaration,
  said: Said,
): ContainerImage | undefined {
  const reference = lookUp(containerImage, said);
  if (reference === undefined) return undefined;
  const [server = ''] = reference.split('/');
  const [host = '', port = '443'] = server.split(':');
  return {
    reference,
    registry: { host, port: Number(port) },
    username: lookUp(registryLogin?.username, said),
  };
}
