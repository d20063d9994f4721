import { z } from 'zod';
import { openapi } from '../server/provenance';
import { second } from '../server/time';
import type { Registry } from './stored-registry';

const GIB = 1024 ** 3;
export const TIERS = ['starter', 'basic', 'professional'] as const;

interface Tier {
  readonly repositories: number;
  readonly gib: number;
  readonly cents: number;
}
const LIMITS: Readonly<Record<string, Tier>> = {
  starter: { repositories: 1, gib: 0.5, cents: 0 },
  basic: { repositories: 5, gib: 5, cents: 500 },
  professional: { repositories: 0, gib: 100, cents: 2000 },
};

const tier = {
  name: z.string(),
  slug: z.string(),
  included_repositories: z.int(),
  included_storage_bytes: z.int(),
  allow_storage_overage: z.boolean(),
  included_bandwidth_bytes: z.int(),
  monthly_price_in_cents: z.int(),
  storage_overage_price_in_cents: z.int(),
};
export const subscriptionAnswer = openapi(
  z.strictObject({
    tier: z.strictObject(tier),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  }),
  'registry subscription',
);
export const tierAnswer = openapi(
  z.strictObject({ ...tier, eligible: z.boolean(), eligibility_reasons: z.array(z.string()) }),
  'registry tier',
);

export function tierView(slug: string) {
  const { repositories, gib, cents } = LIMITS[slug] as Tier;
  return {
    ...{ name: `${slug[0]?.toUpperCase()}${slug.slice(1)}`, slug, included_repositories: repositories },
    ...{ included_storage_bytes: gib * GIB, included_bandwidth_bytes: gib * GIB },
    ...{ allow_storage_overage: slug !== 'starter', monthly_price_in_cents: cents },
    storage_overage_price_in_cents: 2,
  };
}

export const subscriptionView = ({ tier: slug, createdAt, subscribedAt }: Registry) => ({
  tier: tierView(slug),
  created_at: second(createdAt),
  updated_at: second(subscribedAt),
});
