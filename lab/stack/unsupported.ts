import { DATA_TYPES, RESOURCE_TYPES } from '../apply/resource-types';
import { type ImageSlug, isImageSlug } from '../image/images';
import type { Declaration } from './declaration';
import type { Stack } from './stack';

/**
 * What the API has in a lab, besides what the built-in apply can make: the real provider makes these too. What the API alone
 * keeps as records, such as load balancers and databases, is not among it: there no packet would meet it.
 */
const RESOURCES_OF_THE_API = [
  ...['droplet_snapshot', 'floating_ip', 'floating_ip_assignment', 'project', 'project_resources'],
  ...['spaces_bucket_cors_configuration', 'spaces_bucket_object', 'ssh_key', 'volume_snapshot'],
].map((name) => `digitalocean_${name}`);
const DATA_OF_THE_API = [
  ...['account', 'domain', 'domains', 'droplet', 'droplets', 'droplet_snapshot', 'firewall', 'floating_ip'],
  ...['image', 'images', 'project', 'projects', 'record', 'records', 'region', 'regions', 'reserved_ip'],
  ...[
    'sizes',
    'spaces_bucket',
    'spaces_bucket_object',
    'spaces_bucket_objects',
    'spaces_buckets',
    'spaces_key',
    'ssh_key',
    'ssh_keys',
    'tag',
    'tags',
    'volume',
    'volume_snapshot',
    'vpc',
  ],
].map((name) => `digitalocean_${name}`);

/**
 * What of a stack a lab can't run, as one sentence; undefined when it can run all.
 *
 * @param isBuiltIn whether the lab applies the stack itself, which knows less than Terraform and its providers
 */
export function whyUnsupported(
  { terraform }: Stack,
  { images }: Declaration,
  isBuiltIn: boolean,
): string | undefined {
  const unknown = [
    ...strangers(terraform.resource, '', isBuiltIn, RESOURCE_TYPES, RESOURCES_OF_THE_API),
    ...strangers(terraform.data, 'data.', isBuiltIn, DATA_TYPES, DATA_OF_THE_API),
  ];
  if (unknown.length > 0) {
    const who = isBuiltIn
      ? 'The lab can neither emulate nor apply'
      : 'A lab, where droplets really run, has no';
    return `${who} ${unknown.join(', ')}.`;
  }
  for (const [name, droplet] of Object.entries<{ image?: string }>(
    terraform.resource?.digitalocean_droplet ?? {},
  )) {
    const image = standIn(droplet.image ?? '', images);
    if (isSlug(image) && !isImageSlug(image)) {
      return `digitalocean_droplet.${name}: the lab has no image ${image}, only debian-13-x64 and ubuntu-24-04-x64; "images" in lab.json can say which of them stands in for it.`;
    }
  }
  return undefined;
}

/** The image slugs that droplets of a stack boot from, those that stand in for others instead of them. */
export function imagesOf({ terraform }: Stack, { images }: Declaration): ImageSlug[] {
  const droplets = Object.values<{ image?: string }>(terraform.resource?.digitalocean_droplet ?? {});
  return [...new Set(droplets.map(({ image = '' }) => standIn(image, images)))].filter(isImageSlug);
}

export const standIn = (image: string, images: Declaration['images']): string => images[image] ?? image;

/** Neither an expression of Terraform's nor the number of a snapshot. */
const isSlug = (image: string) => /^[a-z][a-z0-9-]+$/.test(image);

function strangers(
  bodies: Readonly<Record<string, object>> | undefined,
  prefix: string,
  isBuiltIn: boolean,
  builtIn: ReadonlyMap<string, unknown>,
  ofTheApi: readonly string[],
): string[] {
  const isKnown = (type: string) =>
    builtIn.has(type) || (!isBuiltIn && (!type.startsWith('digitalocean_') || ofTheApi.includes(type)));
  return Object.entries(bodies ?? {})
    .filter(([type]) => !isKnown(type))
    .flatMap(([type, resources]) => Object.keys(resources).map((name) => `${prefix}${type}.${name}`));
}
