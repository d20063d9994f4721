import { z } from 'zod';
import { IMAGES, REGION_FEATURES, REGIONS, SIZES } from './catalogue-data';
import { found } from './errors';
import { openapi } from './label';
import { list, type Route, route } from './route';

const slugs = Object.keys(REGIONS);
const sizeSlugs = SIZES.map(({ slug }) => slug);

export const isRegion = (slug: string) => slug in REGIONS;
export const isSize = (slug: string) => sizesBySlug.has(slug);

export const regionAnswer = openapi(
  z.strictObject({
    name: z.string(),
    slug: z.string(),
    sizes: z.array(z.string()),
    features: z.array(z.string()),
    available: z.boolean(),
  }),
  'region',
);

const diskInfo = openapi(
  z.array(
    z.strictObject({
      type: z.enum(['local', 'boot', 'scratch']),
      size: z.strictObject({ amount: z.int(), unit: z.string() }),
    }),
  ),
);

export const sizeAnswer = openapi(
  z.strictObject({
    slug: z.string(),
    memory: z.int(),
    vcpus: z.int(),
    disk: z.int(),
    transfer: z.number(),
    price_monthly: z.number(),
    price_hourly: z.number(),
    regions: z.array(z.string()),
    available: z.boolean(),
    description: z.string(),
    disk_info: diskInfo,
  }),
  'size',
);

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

type View<T extends z.ZodType> = Readonly<z.infer<T>>;

const regions = new Map<string, View<typeof regionAnswer>>(
  Object.entries(REGIONS).map(([slug, name]) => [
    slug,
    { name, slug, sizes: sizeSlugs, features: REGION_FEATURES, available: true },
  ]),
);

/** A local disk, as droplets and sizes describe it. */
export const localDisk = (gigabytes: number) => [
  { type: 'local' as const, size: { amount: gigabytes, unit: 'gib' } },
];

const sizesBySlug = new Map<string, View<typeof sizeAnswer>>(
  SIZES.map((row) => [
    row.slug,
    {
      slug: row.slug,
      memory: row.memory,
      vcpus: row.vcpus,
      disk: row.disk,
      transfer: row.transfer,
      price_monthly: row.monthly,
      price_hourly: row.hourly,
      regions: slugs,
      available: true,
      description: row.description,
      disk_info: localDisk(row.disk),
    },
  ]),
);

const images = IMAGES.map((row) => ({
  id: row.id,
  name: row.name,
  type: 'base' as const,
  distribution: row.distribution,
  slug: row.slug,
  public: true,
  regions: slugs,
  created_at: '2026-06-01T00:00:00Z',
  min_disk_size: 7,
  size_gigabytes: row.size,
  description: `${row.distribution} ${row.name}`,
  tags: [],
  status: 'available' as const,
  error_message: '',
}));
const imagesByIdOrSlug = new Map(
  images.flatMap((one) => [[String(one.id), one] as const, [one.slug, one] as const]),
);

export const regionView = (slug: string) => regions.get(slug) as View<typeof regionAnswer>;
export const size = (slug: string) => sizesBySlug.get(slug) as View<typeof sizeAnswer>;
export const findImage = (idOrSlug: string | number) => imagesByIdOrSlug.get(String(idOrSlug));
export const image = (id: number) => findImage(id) as (typeof images)[number];

const imageQuery = openapi(
  z.object({ type: z.string().optional(), private: z.string().optional(), tag_name: z.string().optional() }),
);

/** The lab has the public images of distributions only: the other kinds are empty lists, as in a new account. */
function filtered({ type, private: own, tag_name }: z.infer<typeof imageQuery>) {
  const none = own === 'true' || tag_name !== undefined || (type !== undefined && type !== 'distribution');
  return none ? [] : images;
}

export const catalogueRoutes = (): Route[] => [
  list({
    call: 'GET /v2/regions',
    operation: 'regions_list',
    scopes: [['regions:read']],
    key: 'regions',
    item: regionAnswer,
    all: () => [...regions.values()],
    view: (region) => region,
    guesses: ['Which regions, sizes and features there are, and that each region has every size.'],
  }),
  list({
    call: 'GET /v2/sizes',
    operation: 'sizes_list',
    scopes: [['sizes:read', 'regions:read']],
    key: 'sizes',
    item: sizeAnswer,
    all: () => [...sizesBySlug.values()],
    view: (one) => one,
    guesses: ['Prices, disks and transfer: from memory of the price list, not from the API.'],
  }),
  list({
    call: 'GET /v2/images',
    operation: 'images_list',
    scopes: [['image:read']],
    key: 'images',
    item: imageAnswer,
    query: imageQuery,
    all: ({ query }) => filtered(query),
    view: (one) => one,
    guesses: ['Ids, sizes and dates of images.'],
  }),
  route({
    call: 'GET /v2/images/:image_id',
    operation: 'images_get',
    scopes: [['image:read']],
    status: 200,
    answer: openapi(z.strictObject({ image: imageAnswer })),
    handle: ({ params }) => ({ image: found(findImage(params.image_id ?? '')) }),
  }),
];
