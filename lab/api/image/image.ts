import { z } from 'zod';
import type { Api } from '../api';
import { publicImage, publicImages } from '../catalogue/catalogue';
import type { Workers } from '../server/action';
import { become, becoming } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { forbidden, found } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { removeSnapshot } from '../snapshot/snapshot';
import { isImage, isSnapshot, SNAPSHOTS, type Snapshot } from '../snapshot/stored-snapshot';
import { canonicalTag } from '../tag/tag';
import { customImageBody, importImage } from './custom-image';
import { imageActionRoutes } from './image-action';

export const imageAnswer = openapi(
  z.strictObject({
    id: z.int(),
    name: z.string(),
    type: z.enum(['base', 'snapshot', 'backup', 'custom', 'admin']),
    distribution: z.string(),
    slug: z.string().nullable(),
    public: z.boolean(),
    regions: z.array(z.string()),
    created_at: z.iso.datetime(),
    min_disk_size: z.int().nullable(),
    size_gigabytes: z.number().nullable(),
    description: z.string(),
    tags: z.array(z.string()),
    status: z.enum(['NEW', 'available', 'pending', 'deleted', 'retired']),
    error_message: z.string(),
  }),
  'image',
);
type Image = z.infer<typeof imageAnswer>;

const snapshotImage = (snapshot: Snapshot): Image => ({
  id: Number(snapshot.id),
  name: snapshot.name,
  type: isSnapshot(snapshot) ? 'snapshot' : 'custom',
  distribution: snapshot.distribution,
  slug: null,
  public: false,
  regions: [...snapshot.regions],
  created_at: second(snapshot.createdAt),
  min_disk_size: snapshot.minDiskSize,
  size_gigabytes: snapshot.sizeGigabytes,
  description: snapshot.description,
  tags: [...snapshot.tags],
  status: snapshot.isComing ? 'NEW' : 'available',
  error_message: '',
});

/** The snapshot of a droplet, or the custom image, that an image's id means. */
export function ownImage(cloud: Cloud, id: string | number): Snapshot | undefined {
  const snapshot = cloud.of(SNAPSHOTS).get(String(id));
  return snapshot && isImage(snapshot) ? snapshot : undefined;
}

/** A public image by its id or slug, or a snapshot of a droplet by its id. */
export function findImage(cloud: Cloud, idOrSlug: string | number): Image | undefined {
  const snapshot = ownImage(cloud, idOrSlug);
  return publicImage(idOrSlug) ?? (snapshot && snapshotImage(snapshot));
}

const listQuery = openapi(
  z.object({
    type: z.enum(['application', 'distribution']).optional(),
    private: z.enum(['true', 'false']).optional(),
    tag_name: z.string().optional(),
  }),
);
const updateBody = openapi(
  z.strictObject({
    name: z.string().min(1).nullish(),
    distribution: z.string().nullish(),
    description: z.string().nullish(),
  }),
);

function filtered(cloud: Cloud, { type, private: own, tag_name }: z.infer<typeof listQuery>): Image[] {
  const tag = tag_name === undefined ? undefined : (canonicalTag(cloud, tag_name) ?? '');
  const snapshots = tag === undefined ? cloud.of(SNAPSHOTS).values() : cloud.of(SNAPSHOTS).byTag.get(tag);
  const ownOnes = snapshots.filter(isImage).map(snapshotImage);
  const offered = own === 'true' || tag !== undefined ? [] : publicImages(type);
  return type === undefined ? [...offered, ...ownOnes] : offered;
}

const IMPORT = 'import_image';

export const customImageWorkers = (api: () => Api): Workers => ({
  [IMPORT]: become(
    () => api().cloud,
    SNAPSHOTS,
    (image) => ({ ...image, isComing: false }),
  ),
});

export function imageRoutes(api: Api): Route[] {
  const { cloud } = api;
  const oneImage = openapi(z.strictObject({ image: imageAnswer }));
  /** Only what is the caller's own can be changed. */
  const imageOf = ({ params }: Pick<Call, 'params'>): Snapshot => {
    const id = params.image_id ?? '';
    if (publicImage(id)) throw forbidden();
    return found(ownImage(cloud, id));
  };
  return [
    list({
      call: 'GET /v2/images',
      operation: 'images_list',
      scopes: [['image:read']],
      key: 'images',
      item: imageAnswer,
      query: listQuery,
      all: ({ query }) => filtered(cloud, query),
      view: (one) => one,
      guesses: [
        'Ids, sizes and dates of images, and that releases from the examples of the documentation are still offered.',
        "The type of public images is `snapshot`, as the provider's tests have it; the document's examples have `base`.",
      ],
    }),
    route({
      call: 'POST /v2/images',
      operation: 'images_create_custom',
      scopes: [['image:create']],
      body: customImageBody,
      status: 202,
      answer: oneImage,
      guesses: [
        'It is NEW for the time of an action, then available. Nobody fetches what is at its url; its sizes are made up.',
        "Without a distribution it is 'Unknown OS', as the provider expects; the document knows Unknown.",
        'name, url and region are required, as clients have it. Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        const image = importImage(api, call);
        call.start(becoming(IMPORT, image.id));
        return { image: snapshotImage(image) };
      },
    }),
    route({
      call: 'GET /v2/images/:image_id',
      operation: 'images_get',
      scopes: [['image:read']],
      status: 200,
      answer: oneImage,
      handle: ({ params }) => ({ image: found(findImage(cloud, params.image_id ?? '')) }),
    }),
    route({
      call: 'PUT /v2/images/:image_id',
      operation: 'images_update',
      scopes: [['image:update']],
      body: updateBody,
      status: 200,
      answer: oneImage,
      guesses: ["403 for a public image. What is not named stays as it was; a snapshot's distribution too."],
      handle: (call) => {
        const snapshot = imageOf(call);
        const { name, description, distribution } = call.body;
        const changed = {
          name: name ?? snapshot.name,
          description: description ?? snapshot.description,
          distribution: (!isSnapshot(snapshot) && distribution) || snapshot.distribution,
        };
        return { image: snapshotImage(cloud.of(SNAPSHOTS).set(snapshot.id, { ...snapshot, ...changed })) };
      },
    }),
    route({
      call: 'DELETE /v2/images/:image_id',
      operation: 'images_delete',
      scopes: [['image:delete']],
      status: 204,
      guesses: ['403 for a public image.'],
      handle: (call) => removeSnapshot(cloud, imageOf(call)),
    }),
    ...imageActionRoutes(api, imageOf),
  ];
}
