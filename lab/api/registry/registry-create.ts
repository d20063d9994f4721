import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import type { Cloud } from '../server/cloud';
import { conflict, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { GARBAGE_COLLECTIONS, REGISTRIES, type Registry } from './stored-registry';
import { TIERS } from './subscription';

export const REGIONS = ['nyc3', 'sfo3', 'sfo2', 'ams3', 'sgp1', 'fra1', 'blr1', 'syd1'] as const;

export const registryName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9-]+$/, 'may only contain lowercase letters, numbers and dashes');
const region = z.enum(REGIONS).nullish();
const slug = z.enum(TIERS);
export const createBody = openapi(
  z.strictObject({ name: registryName, subscription_tier_slug: slug, region }),
);
export const createAnotherBody = openapi(
  z.strictObject({ name: registryName, subscription_tier_slug: slug.nullish(), region }),
);
export const tierBody = openapi(z.strictObject({ tier_slug: slug.nullish() }));
export const nameBody = openapi(z.strictObject({ name: registryName }));

/** @throws 409 */
export function refuseTaken(cloud: Cloud, name: string): void {
  if (cloud.of(REGISTRIES).has(name)) throw conflict('name already exists');
}

export function createRegistry(api: Api, body: z.infer<typeof createAnotherBody>): Registry {
  refuseOnHardware(api, 'A container registry');
  const { cloud } = api;
  refuseTaken(cloud, body.name);
  const [first] = cloud.of(REGISTRIES).values();
  const tier = body.subscription_tier_slug ?? first?.tier;
  if (!tier) throw unprocessable('subscription_tier_slug is required for the first registry.');
  const now = new Date().toISOString();
  return cloud.of(REGISTRIES).set(body.name, {
    ...{ name: body.name, region: body.region ?? 'nyc3', tier, createdAt: now, subscribedAt: now },
  });
}

export function removeRegistry(cloud: Cloud, { name }: Registry): void {
  cloud.of(REGISTRIES).delete(name);
  for (const { id } of cloud.of(GARBAGE_COLLECTIONS).byRegistry.get(name))
    cloud.of(GARBAGE_COLLECTIONS).delete(id);
}

/** All registries of an account have one tier. */
export function subscribe(cloud: Cloud, tier: string): void {
  for (const registry of cloud.of(REGISTRIES).values())
    cloud.of(REGISTRIES).set(registry.name, { ...registry, tier, subscribedAt: new Date().toISOString() });
}

/** What a client of Docker's would send: a token as name and password. Nothing takes it. */
export function dockerAuth(): string {
  const token = `dop_v1_${randomBytes(32).toString('hex')}`;
  return Buffer.from(`${token}:${token}`).toString('base64');
}
