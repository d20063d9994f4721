import { z } from 'zod';
import type { Api } from '../api';
import { openapi } from '../server/provenance';
import { list, type Route } from '../server/route';
import { REGION_FEATURES, REGIONS, SIZES } from './catalogue-data';
import { IMAGES } from './image-data';

/** Also those that `sell` adds. */
export const regionSlugs = Object.keys(REGIONS);
const sizeSlugs = SIZES.map(({ slug }) => slug);

export const isRegion = (slug: string) => regions.has(slug);
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
    gpu_info: openapi(
      z.strictObject({
        count: z.int(),
        model: z.string(),
        vram: z.strictObject({ amount: z.int(), unit: z.string() }),
      }),
    ).optional(),
  }),
  'size',
);

type View<T extends z.ZodType> = Readonly<z.infer<T>>;

const region = (slug: string, name: string): View<typeof regionAnswer> => ({
  ...{ name, slug, sizes: sizeSlugs, features: REGION_FEATURES, available: true },
});
const regions = new Map(Object.entries(REGIONS).map(([slug, name]) => [slug, region(slug, name)]));

/** A local disk, as droplets and sizes describe it. */
export const localDisk = (gigabytes: number) => [
  { type: 'local' as const, size: { amount: gigabytes, unit: 'gib' } },
];

const sizeOf = (row: (typeof SIZES)[number]): View<typeof sizeAnswer> => ({
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
  ...(row.gpu ? { gpu_info: { ...row.gpu, vram: { amount: row.gpu.vram, unit: 'gib' } } } : {}),
});
const sizesBySlug = new Map(SIZES.map((row) => [row.slug, sizeOf(row)]));

/** An image that everybody has. */
const publicOne = (row: Omit<(typeof IMAGES)[number], 'isApplication'>) => ({
  id: row.id,
  name: row.name,
  type: 'snapshot' as const,
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
});
type PublicImage = ReturnType<typeof publicOne>;

const publicByIdOrSlug = new Map<string, PublicImage>();
const applications: PublicImage[] = [];
const distributions: PublicImage[] = [];

function offer({ isApplication = false, ...row }: (typeof IMAGES)[number]): void {
  const one = publicOne(row);
  publicByIdOrSlug.set(String(one.id), one).set(one.slug, one);
  (isApplication ? applications : distributions).push(one);
}
for (const row of IMAGES) offer(row);

export const publicImages = (kind?: 'application' | 'distribution') => {
  if (kind) return kind === 'application' ? applications : distributions;
  return [...distributions, ...applications];
};

/** A public image, by its id or slug. */
export const publicImage = (idOrSlug: string | number) => publicByIdOrSlug.get(String(idOrSlug));

/** What is sold besides, in the whole process. Sizes and images are to be had in every region. */
export interface More {
  readonly regions?: readonly { readonly slug: string; readonly name: string }[];
  readonly sizes?: readonly {
    readonly slug: string;
    readonly vcpus: number;
    /** MiB */
    readonly memory: number;
    /** GiB */
    readonly disk: number;
    readonly price_monthly?: number;
    readonly price_hourly?: number;
    readonly transfer?: number;
    readonly description?: string;
  }[];
  readonly images?: readonly {
    readonly slug: string;
    readonly distribution: string;
    readonly name: string;
  }[];
}

export function sell({ regions: places = [], sizes = [], images = [] }: More): void {
  for (const { slug, name } of places.filter((one) => !isRegion(one.slug))) {
    regions.set(slug, region(slug, name));
    regionSlugs.push(slug);
  }
  for (const { slug, price_monthly: monthly = 0, price_hourly: hourly = 0, ...more } of sizes) {
    if (!isSize(slug)) sizeSlugs.push(slug);
    sizesBySlug.set(slug, sizeOf({ transfer: 0, description: 'Basic', ...more, slug, monthly, hourly }));
  }
  for (const { slug, distribution, name } of images.filter((one) => !publicImage(one.slug)))
    offer({ id: 131_000_000 + publicByIdOrSlug.size, slug, distribution, name, size: 2.5 });
}

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
