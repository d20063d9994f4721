import { z } from 'zod';
import type { Api } from '../api';
import { CLUSTERS } from '../database/stored-database';
import { DROPLETS } from '../droplet/stored-droplet';
import type { Cloud } from '../server/cloud';
import { forbidden, found, notFound, unprocessable } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import { isImage, SNAPSHOTS } from '../snapshot/stored-snapshot';
import { VOLUMES } from '../volume/stored-volume';
import type { Tag } from './stored-tag';

const resourcesBody = openapi(
  z.strictObject({
    resources: z
      .array(z.strictObject({ resource_id: z.string(), resource_type: z.string() }))
      .min(1, 'must not be empty'),
  }),
);

type Resource = z.infer<typeof resourcesBody>['resources'][number];

/** The scope that a thing of each type is changed by. */
const UPDATE: Readonly<Record<string, string>> = {
  droplet: 'droplet:update',
  volume: 'block_storage:update',
  image: 'image:update',
  volume_snapshot: 'block_storage_snapshot:update',
  database: 'database:update',
};

/** Adds or takes a tag from one thing. @throws 403, 404, 422 */
function retag(
  cloud: Cloud,
  { resource_id, resource_type }: Resource,
  caller: Caller,
  change: (tags: readonly string[]) => string[],
): void {
  const scope = Object.hasOwn(UPDATE, resource_type) ? UPDATE[resource_type] : undefined;
  if (scope === undefined)
    throw unprocessable(`${resource_type} is not a type of resource that can be tagged.`);
  if (!caller.can(scope)) throw forbidden();
  if (resource_type === 'droplet') {
    const droplet = found(cloud.of(DROPLETS).get(idOf(resource_id)));
    cloud.of(DROPLETS).set(droplet.id, { ...droplet, tags: change(droplet.tags) });
  } else if (resource_type === 'volume') {
    const volume = found(cloud.of(VOLUMES).get(resource_id));
    cloud.of(VOLUMES).set(volume.id, { ...volume, tags: change(volume.tags) });
  } else if (resource_type === 'database') {
    const cluster = found(cloud.of(CLUSTERS).get(resource_id));
    cloud.of(CLUSTERS).set(cluster.id, { ...cluster, tags: change(cluster.tags) });
  } else {
    const snapshot = found(cloud.of(SNAPSHOTS).get(resource_id));
    if (isImage(snapshot) !== (resource_type === 'image')) throw notFound();
    cloud.of(SNAPSHOTS).set(snapshot.id, { ...snapshot, tags: change(snapshot.tags) });
  }
}

export const tagResourceRoutes = (
  { cloud, firewalls }: Pick<Api, 'cloud' | 'firewalls'>,
  tagOf: (call: Pick<Call, 'params'>) => Tag,
): Route[] => [
  route({
    call: 'POST /v2/tags/:tag_id/resources',
    operation: 'tags_assign_resources',
    scopes: [['tag:create']],
    body: resourcesBody,
    status: 204,
    handle: (call) => {
      const { name } = tagOf(call);
      for (const resource of call.body.resources)
        retag(cloud, resource, call.caller, (tags) => (tags.includes(name) ? [...tags] : [...tags, name]));
      firewalls.sync();
    },
  }),
  route({
    call: 'DELETE /v2/tags/:tag_id/resources',
    operation: 'tags_unassign_resources',
    scopes: [['tag:delete']],
    body: resourcesBody,
    status: 204,
    handle: (call) => {
      const { name } = tagOf(call);
      for (const resource of call.body.resources)
        retag(cloud, resource, call.caller, (tags) => tags.filter((tag) => tag !== name));
      firewalls.sync();
    },
  }),
];
