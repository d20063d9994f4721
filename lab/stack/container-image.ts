import { existsSync } from 'node:fs';
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

/** The stack's image, if there is an archive for it: in a lab nothing can be pulled from the world. */
export function checked(
  image: ContainerImage | undefined,
  archive: string | undefined,
): ContainerImage | undefined {
  if (image && !archive) {
    throw new Error(
      `The stack runs ${image.reference}, and a lab reaches no registry but its own: give the image with --image FILE, as \`docker save ${image.reference} --output FILE\` makes it.`,
    );
  }
  if (!image && archive) {
    throw new Error(
      `The stack runs no container image, so ${archive} has no use: let it run one, or leave --image out.`,
    );
  }
  if (archive && !existsSync(archive)) {
    throw new Error(`--image: there is no file ${archive}.`);
  }
  return image;
}
