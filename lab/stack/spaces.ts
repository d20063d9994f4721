import { SPACES_DOMAIN } from '../common/spaces-domain';
import { type Declaration, lookUp, type Said } from './declaration';
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

/** A bucket, and the region that has it. */
export interface Bucket {
  readonly region: string;
  readonly name: string;
}

/** The buckets that a stack finds: those that it declares. An address of another server than Spaces names none. */
export function bucketsOf({ buckets }: Pick<Declaration, 'buckets'>, said: Said): Bucket[] {
  const pattern = new RegExp(`//([a-z0-9]+)\\.${SPACES_DOMAIN.replaceAll('.', '\\.')}/([a-z0-9-]+)`);
  return buckets.flatMap((declared) => {
    const [, region, name] = pattern.exec(lookUp(declared, said) ?? '') ?? [];
    return region && name ? [{ region, name }] : [];
  });
}
