import { z } from 'zod';
import type { Api } from '../api';
import { isRegion, publicImages } from '../catalogue/catalogue';
import { forbidden, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import type { Call } from '../server/route';
import { SNAPSHOTS, type Snapshot } from '../snapshot/stored-snapshot';
import { ensureTags, tagName } from '../tag/tag';

const SMALLEST_DISK = 20;

export const customImageBody = openapi(
  z.strictObject({
    name: z.string().min(1),
    url: z.url({ protocol: /^(https?|ftp)$/ }),
    region: z.string(),
    distribution: z.string().nullish(),
    description: z.string().nullish(),
    tags: z.array(tagName).nullish(),
  }),
);

/** A record of an image that nobody fetches. @throws 422 */
export function importImage(
  api: Api,
  { body, caller }: Pick<Call<z.infer<typeof customImageBody>>, 'body' | 'caller'>,
): Snapshot {
  refuseOnHardware(api, 'A custom image');
  const { cloud } = api;
  if (body.tags?.length && !caller.can('tag:create')) throw forbidden();
  if (!isRegion(body.region)) throw unprocessable('You specified an invalid region for Image creation.');
  const id = String(cloud.nextId());
  return cloud.of(SNAPSHOTS).set(id, {
    ...{ id, name: body.name, description: body.description ?? '', resourceType: 'upload' },
    ...{ resourceId: body.url, regions: [body.region], minDiskSize: SMALLEST_DISK, sizeGigabytes: 1 },
    tags: ensureTags(cloud, body.tags ?? []),
    createdAt: new Date().toISOString(),
    baseImage: publicImages('distribution')[0]?.id ?? null,
    distribution: body.distribution || 'Unknown OS',
    ...{ filesystemType: '', filesystemLabel: '', isComing: true },
  });
}
