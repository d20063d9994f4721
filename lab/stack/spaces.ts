import { SPACES_DOMAIN } from '../common/spaces-domain';
import type { Said } from './declaration';
import type { Stack } from './stack';

/** Whether anything in a stack is about Spaces: a resource, or its host names anywhere in the configuration or the user data. */
export function needsSpaces({ terraform }: Stack, { files }: Pick<Said, 'files'>): boolean {
  const types = Object.keys({ ...terraform.resource, ...terraform.data });
  return (
    types.some((type) => type.startsWith('digitalocean_spaces_')) ||
    JSON.stringify(terraform).includes(SPACES_DOMAIN) ||
    files.some(({ content }) => content.includes(SPACES_DOMAIN))
  );
}
