import { z } from 'zod';
import type { Api } from '../api';
import { openapi } from '../server/provenance';
import { list, type Route } from '../server/route';
import { IMAGES, REGION_FEATURES, REGIONS, SIZES } from './catalogue-data';

export const regionSlugs = Object.keys(REGIONS);
const sizeSlugs = SIZES.map(({ slug }) => slug);

export const isRegion = (slug: string) => Object.hasOwn(REGIONS, slug);
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
      regions: regionSlugs,
      available: true,
      description: row.description,
      disk_info: localDisk(row.disk),
    },
  ]),
);

export const publicImages = IMAGES.map((row) => ({
  id: row.id,
  name: row.name,
  type: 'base' as const,
  distribution: row.distribution,
  slug: row.slug,
  public: true,
  regions: regionSlugs,
  created_at: '2026-06-01T00:00:00Z',
  min_disk_size: 7,
  size_gigabytes: row.size,
  description: `${row.distribution} ${row.name}`,
  tags: [],
  status: 'available' as const,
  error_message: '',
}));
const publicByIdOrSlug = new Map(
  publicImages.flatMap((one) => [[String(one.id), one] as const, [one.slug, one] as const]),
);

/** An image of a distribution, by its id or slug. */
export const publicImage = (idOrSlug: string | number) => publicByIdOrSlug.get(String(idOrSlug));

export const regionView = (slug: string) => regions.get(slug) as View<typeof regionAnswer>;
export const size = (slug: string) => sizesBySlug.get(slug) as View<typeof sizeAnswer>;

export const catalogueRoutes = ({ options: { account } }: Api): Route[] => [
  list({
    call: 'GET /v2/regions',
    operation: 'regions_list',
    scopes: [['regions:read']],
    key: 'regions',
    item: regionAnswer,
    all: () => [...regions.values()],
    view: (region) => ({
      ...region,
      sizes: region.sizes.filter((slug) => !account.soldOut.includes(slug)),
      available: !account.soldOut.includes(region.slug),
    }),
    guesses: ['Which regions, sizes and features there are, and that each region has every size.'],
  }),
  list({
    call: 'GET /v2/sizes',
    operation: 'sizes_list',
    scopes: [['sizes:read', 'regions:read']],
    key: 'sizes',
    item: sizeAnswer,
    all: () => [...sizesBySlug.values()],
    view: (one) => ({
      ...one,
      regions: one.regions.filter((slug) => !account.soldOut.includes(slug)),
      available: !account.soldOut.includes(one.slug),
    }),
    guesses: ['Prices, disks and transfer: from memory of the price list, not from the API.'],
  }),
];
