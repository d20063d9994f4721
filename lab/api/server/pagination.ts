import { z } from 'zod';
import { guess, openapi } from './provenance';

const DEFAULT = 20;
const MOST = 200;

const number = z.string().regex(/^0*[1-9]\d*$/, 'must be a whole number, 1 or more');
const pageParameters = { page: number.optional(), per_page: number.optional() };
export const pageQuery = openapi(z.object(pageParameters));
export const guessedPageQuery = guess('in pages like every other list', z.object(pageParameters));
export type PageQuery = z.infer<typeof pageQuery>;

const pages = openapi(
  z.strictObject({
    first: z.url().optional(),
    prev: z.url().optional(),
    next: z.url().optional(),
    last: z.url().optional(),
  }),
);
/** The fields around every list. */
export const pageFields = {
  links: openapi(z.strictObject({ pages: pages.optional() })),
  meta: openapi(z.strictObject({ total: z.int() })),
};

/** One page of a list as DigitalOcean answers it, in `{ [key]: [...], links, meta }`. `url` is the call's own address. */
export function page<T, V>(
  key: string,
  all: readonly T[],
  view: (item: T) => V,
  query: PageQuery,
  url: string,
) {
  const size = Math.min(Number(query.per_page ?? DEFAULT), MOST);
  const number = Math.min(Number(query.page ?? 1), Number.MAX_SAFE_INTEGER);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (to: number) => {
    const address = new URL(url);
    address.searchParams.set('page', String(to));
    if (query.per_page !== undefined) address.searchParams.set('per_page', String(size));
    return address.href;
  };
  const back = number > 1 ? { first: link(1), prev: link(Math.min(number - 1, last)) } : {};
  const forth = number < last ? { next: link(number + 1), last: link(last) } : {};
  return {
    [key]: all.slice((number - 1) * size, number * size).map(view),
    links: last > 1 ? { pages: { ...back, ...forth } } : {},
    meta: { total: all.length },
  };
}
