import type { Architecture, Tier } from '../architecture';
import type { Role } from '../role';
import { mysqlSize } from '../setting-formats';
import { sizeOf } from './bill';
import { SIZES } from './prices';

/** What another size of all droplets of a role changes; dollars a month. */
export interface Step {
  readonly size: string;
  readonly change: number;
}

export interface Steps {
  readonly role: Role;
  readonly count: number;
  /** @default - there is none */
  readonly down?: Step;
  /** @default - there is none */
  readonly up?: Step;
  /** One droplet more, where a setting says how many there are. */
  readonly more?: number;
}

/** One size down and one up for each role, within the family of its size. */
export function stepsOf({ tiers }: Architecture): Steps[] {
  return tiers.filter(({ droplets }) => droplets.length > 0).map(steps);
}

function steps({ role, droplets }: Tier): Steps {
  const size = sizeOf(droplets[0]?.size ?? '');
  const family = SIZES.filter((one) => one.family === size.family && isPossible(role, one.slug));
  const place = family.indexOf(size);
  const to = (one: (typeof family)[number] | undefined): Step | undefined =>
    one && { size: one.slug, change: droplets.length * (one.monthly - size.monthly) };
  return {
    role,
    count: droplets.length,
    down: to(family[place - 1]),
    up: to(family[place + 1]),
    more: role === 'web' || role === 'app' ? size.monthly : undefined,
  };
}

function isPossible(role: Role, size: string): boolean {
  return role !== 'database' || mysqlSize.safeParse(size).success;
}
