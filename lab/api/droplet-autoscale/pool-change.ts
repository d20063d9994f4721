import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { createDroplets, dropletName } from '../droplet/droplet-create';
import { startDestroy } from '../droplet/droplet-destroy';
import { DROPLETS, type Droplet } from '../droplet/stored-droplet';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import type { Call } from '../server/route';
import { tagName } from '../tag/tag';
import { AUTOSCALE_POOLS, type AutoscalePool } from './stored-pool';

const most = z.int().min(0).max(500).nullish();
const share = z.number().min(0).max(1).nullish();
const config = z.strictObject({
  target_number_instances: most,
  min_instances: most,
  max_instances: most,
  target_cpu_utilization: share,
  target_memory_utilization: share,
  cooldown_minutes: z.int().min(0).nullish(),
});
const template = z.strictObject({
  name: dropletName.or(z.literal('')).nullish(),
  region: z.string(),
  size: z.string(),
  image: z.string(),
  ssh_keys: z.array(z.string()),
  tags: z.array(tagName).nullish(),
  vpc_uuid: z.string().nullish(),
  subnet_uuid: guess('godo sends it; there are no subnets', z.string().nullish()),
  with_droplet_agent: z.boolean().nullish(),
  project_id: z.string().nullish(),
  ipv6: z.boolean().nullish(),
  user_data: z.string().nullish(),
  public_networking: z.boolean().nullish(),
});
export const poolBody = openapi(
  z.strictObject({ name: z.string().min(1).max(255), config, droplet_template: template }),
);
type Body = z.infer<typeof poolBody>;

/** Null, and the zero that clients send for what is not set, count as left out. */
const named = <T extends object>(value: T) =>
  Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null && one !== undefined && one !== 0),
  );

/** How many droplets a pool is to have. @throws 422 unless that is said in one of the two ways */
function wanted({ target_number_instances: fixed, min_instances: min, max_instances: max }: Body['config']) {
  if (fixed) {
    if (min || max) throw unprocessable('Give target_number_instances, or min_instances and max_instances.');
    return { least: fixed, most: fixed };
  }
  if (!min || !max) throw unprocessable('Give target_number_instances, or min_instances and max_instances.');
  if (min > max) throw unprocessable('min_instances must be at most max_instances.');
  return { least: min, most: max };
}

export const membersOf = (cloud: Cloud, { members }: AutoscalePool): Droplet[] =>
  members.map((id) => cloud.of(DROPLETS).get(id)).filter((droplet) => droplet !== undefined);

/** Makes one more droplet after the template. */
function grow(api: Api, { body, start }: Call<Body>): number {
  const { name, project_id: _, subnet_uuid: __, ...rest } = body.droplet_template;
  const full = `${name || body.name}-${randomUUID().slice(0, 8)}`;
  const { droplets } = createDroplets(api, { ...rest, name: full });
  const [droplet] = droplets as [Droplet];
  start({
    ...{ type: 'create', resourceType: 'droplet', resourceId: droplet.id, region: droplet.region },
    subjects: [`droplet:${droplet.id}`],
  });
  return droplet.id;
}

/** A pool as the body wants it, with as many droplets. @throws 422 */
export function savePool(api: Api, call: Call<Body>, before?: AutoscalePool): AutoscalePool {
  const { cloud } = api;
  const { least, most } = wanted(call.body.config);
  const had = before ? membersOf(cloud, before) : [];
  const kept = had.slice(0, most);
  for (const droplet of had.slice(most)) startDestroy(api, droplet, call);
  const made = Array.from({ length: Math.max(least - kept.length, 0) }, () => grow(api, call));
  const members = [...kept.map(({ id }) => id), ...made];
  const now = new Date().toISOString();
  const reason = 'CONFIGURATION_CHANGE';
  const event = { id: randomUUID(), before: had.length, after: members.length, reason, at: now } as const;
  const id = before?.id ?? randomUUID();
  return cloud.of(AUTOSCALE_POOLS).set(id, {
    ...{ id, name: call.body.name, members, createdAt: before?.createdAt ?? now, updatedAt: now },
    config: named(call.body.config) as AutoscalePool['config'],
    template: { public_networking: true, ...named(call.body.droplet_template) },
    history: [...(before?.history ?? []), event],
  });
}
