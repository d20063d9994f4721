import { randomUUID } from 'node:crypto';
import { IPv4, IPv6 } from 'ipaddr.js';
import { z } from 'zod';
import { DROPLETS } from '../droplet/stored-droplet';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import { second } from '../server/time';
import { ensureTags, tagName } from '../tag/tag';
import type { Cluster, TrustedSource } from './stored-database';

const type = z.enum(['droplet', 'k8s', 'ip_addr', 'tag', 'app']);
export const sourceBody = z.strictObject({
  uuid: z.string().nullish(),
  cluster_uuid: z.string().nullish(),
  type,
  value: z.string().min(1),
  created_at: z.string().nullish(),
  description: z.string().nullish(),
});
export const sourceAnswer = openapi(
  z.strictObject({
    uuid: z.uuid(),
    cluster_uuid: z.uuid(),
    type,
    value: z.string(),
    created_at: z.iso.datetime(),
    description: z.string().optional(),
  }),
  'database firewall rule',
);

export const sourceView = (source: TrustedSource, { id }: Pick<Cluster, 'id'>) => ({
  uuid: source.uuid,
  cluster_uuid: id,
  type: source.type,
  value: source.value,
  created_at: second(source.createdAt),
  ...(source.description === '' ? {} : { description: source.description }),
});

const isAddress = (text: string) => [IPv4, IPv6].some((kind) => kind.isValid(text) || kind.isValidCIDR(text));

/** Who may connect. Tags come into being. @throws 422 for a droplet that does not exist and what is no address */
export function sourcesOf(
  cloud: Cloud,
  given: readonly z.infer<typeof sourceBody>[],
  before: readonly TrustedSource[] = [],
): TrustedSource[] {
  return given.map(({ type: kind, value, description, uuid }) => {
    if (kind === 'droplet' && !cloud.of(DROPLETS).has(idOf(value)))
      throw unprocessable(`Droplet ${value} does not exist.`);
    if (kind === 'ip_addr' && !isAddress(value))
      throw unprocessable(`${value} is not a valid address or CIDR block.`);
    if (kind === 'tag') {
      if (!tagName.safeParse(value).success) throw unprocessable(`${value} can not be a tag.`);
      ensureTags(cloud, [value]);
    }
    const known = before.find((one) => one.uuid === uuid || (one.type === kind && one.value === value));
    return {
      uuid: known?.uuid ?? randomUUID(),
      ...{ type: kind, value, description: description ?? '' },
      createdAt: known?.createdAt ?? new Date().toISOString(),
    };
  });
}
