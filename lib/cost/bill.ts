import { type Architecture, counted, type Tier } from '../architecture';
import type { Role } from '../role';
import { UserError } from '../user-error';
import { AS_OF, PRICES, SIZES, type Size } from './prices';

/** One line of the bill; US dollars a month. */
export interface BillLine {
  /** Whose it is; undefined for what all share. */
  readonly role?: Role;
  /** "2 load balancers", "volume". */
  readonly what: string;
  /** "`s-1vcpu-1gb`, $6 each". */
  readonly of: string;
  readonly monthly: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly monthly: number;
  /** TiB a month to the internet that the droplets bring. */
  readonly includedTraffic: number;
}

/**
 * What a stack costs by the list.
 *
 * @throws UserError when a size has no price
 */
export function billOf(architecture: Architecture): Bill {
  const { tiers, volumes, reservedIps, uptimeChecks, usesSpaces } = architecture;
  const lines: BillLine[] = [
    ...tiers.flatMap(dropletLines),
    ...volumes.map(
      ({ what, size }): BillLine => ({
        role: 'database',
        what,
        of: `${size} GiB, ${dollars(PRICES.volume)} each`,
        monthly: size * PRICES.volume,
      }),
    ),
    ...times(reservedIps, 'Reserved IP', 0, 'free while a droplet holds it ($5 otherwise)'),
    ...times(uptimeChecks, 'uptime check', PRICES.uptimeCheck),
    ...times(usesSpaces ? 1 : 0, 'Spaces', PRICES.spaces, 'all buckets of the account, up to 250 GiB'),
  ];
  const droplets = tiers.flatMap((tier) => tier.droplets);
  return {
    lines,
    monthly: sum(lines.map(({ monthly }) => monthly)),
    includedTraffic: sum(droplets.map(({ size }) => sizeOf(size).traffic)),
  };
}

/** The sizes of a stack that have no price, a sentence for each. */
export function unpriced({ tiers }: Architecture): string[] {
  const sizes = new Set(tiers.flatMap(({ droplets }) => droplets.map(({ size }) => size)));
  return [...sizes].filter((slug) => !priced(slug)).map(withoutPrice);
}

/** @throws UserError when it has no price */
export function sizeOf(slug: string): Size {
  const size = priced(slug);
  if (!size) throw new UserError([withoutPrice(slug)]);
  return size;
}

const priced = (slug: string) => SIZES.find((one) => one.slug === slug);
const withoutPrice = (slug: string) =>
  `${slug}: has no price in the list of ${AS_OF} (lib/cost/prices.ts); add what \`doctl compute size list\` says of it`;

/** "$38", "$20.48". */
export function dollars(amount: number): string {
  const sign = amount < 0 ? '-' : '';
  const text = Math.abs(amount).toFixed(2).replace(/\.00$/, '');
  return `${sign}$${text}`;
}

/** A line for each size that a tier has; in a change there may be two. */
function dropletLines({ role, droplets }: Tier): BillLine[] {
  return [...new Set(droplets.map(({ size }) => size))].map((size) => {
    const { monthly } = sizeOf(size);
    const count = droplets.filter((droplet) => droplet.size === size).length;
    return {
      role,
      what: role === 'database' && count === 1 ? 'database' : counted(role, count),
      of: `\`${size}\`${count > 1 ? `, ${dollars(monthly)} each` : ''}`,
      monthly: count * monthly,
    };
  });
}

function times(count: number, what: string, each: number, of = `${dollars(each)} each`): BillLine[] {
  return count > 0 ? [{ what: count > 1 ? `${count} ${what}s` : what, of, monthly: count * each }] : [];
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, one) => all + one, 0);
}
