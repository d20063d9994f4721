import { z } from 'zod';
import type { Api } from '../api';
import { CLUSTERS } from '../database/stored-database';
import { DROPLETS } from '../droplet/stored-droplet';
import { FIREWALLS } from '../firewall/stored-firewall';
import type { Cloud } from '../server/cloud';
import { found, notFound, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { isImage, SNAPSHOTS } from '../snapshot/stored-snapshot';
import { VOLUMES } from '../volume/stored-volume';
import { TAGS, type Tag } from './stored-tag';
import { tagResourceRoutes } from './tag-resource';

export const tagName = z
  .string()
  .max(255)
  .regex(/^[a-zA-Z0-9_\-:]+$/, 'may only contain letters, numbers, colons, dashes and underscores');

const counted = z.strictObject({ count: z.int(), last_tagged_uri: z.string().optional() });
const readOnlyCount = counted.partial().nullish();
const answer = openapi(
  z.strictObject({
    name: z.string(),
    resources: z.strictObject({
      count: z.int(),
      last_tagged_uri: z.string().optional(),
      droplets: counted,
      images: guess('the document spells it imgages; clients read images', counted),
      volumes: counted,
      volume_snapshots: counted,
      databases: counted,
    }),
  }),
  'tag',
);
const oneTag = openapi(z.strictObject({ tag: answer }));
const createBody = openapi(
  z.strictObject({
    name: tagName,
    resources: z
      .strictObject({
        count: z.int().nullish(),
        last_tagged_uri: z.string().nullish(),
        droplets: readOnlyCount,
        imgages: readOnlyCount,
        volumes: readOnlyCount,
        volume_snapshots: readOnlyCount,
        databases: readOnlyCount,
      })
      .nullish(),
  }),
);
/** Tags differ by their letters, not by their case. */
const keyOf = (name: string) => name.toLowerCase();

/** A tag's name as it was first written; undefined when there is no such tag. */
export const canonicalTag = (cloud: Cloud, name: string) => cloud.of(TAGS).get(keyOf(name))?.name;

/** Makes sure that tags exist and gives their names as first written, each once. */
export function ensureTags(cloud: Cloud, names: readonly string[]): string[] {
  const tags = names.map(
    (name) => cloud.of(TAGS).get(keyOf(name)) ?? cloud.of(TAGS).set(keyOf(name), { name }),
  );
  return [...new Set(tags.map(({ name }) => name))];
}

/** @throws 422 for a tag that does not exist */
export function existingTags(cloud: Cloud, names: readonly string[]): string[] {
  return [...new Set(names)].map((name) => {
    const tag = canonicalTag(cloud, name);
    if (tag === undefined) throw unprocessable(`tag ${name} does not exist`);
    return tag;
  });
}

/** How often a tag is used, as far as the caller may see. */
function view(cloud: Cloud, tag: Tag, { base, caller }: Pick<Call, 'base' | 'caller'>) {
  const part = (kind: string, scope: string, tagged: readonly { readonly id: string | number }[]) => {
    const seen = caller.can(scope) ? tagged : [];
    const last = seen.at(-1);
    return { count: seen.length, ...(last ? { last_tagged_uri: `${base}/v2/${kind}/${last.id}` } : {}) };
  };
  const snapshots = cloud.of(SNAPSHOTS).byTag.get(tag.name);
  const parts = {
    images: part('images', 'image:read', snapshots.filter(isImage)),
    volume_snapshots: part(
      'snapshots',
      'block_storage_snapshot:read',
      snapshots.filter((one) => !isImage(one)),
    ),
    volumes: part('volumes', 'block_storage:read', cloud.of(VOLUMES).byTag.get(tag.name)),
    droplets: part('droplets', 'droplet:read', cloud.of(DROPLETS).byTag.get(tag.name)),
    databases: part('databases', 'database:read', cloud.of(CLUSTERS).byTag.get(tag.name)),
  };
  const all = Object.values(parts);
  const last = all.findLast(({ last_tagged_uri }) => last_tagged_uri !== undefined);
  const count = all.reduce((sum, one) => sum + one.count, 0);
  return {
    name: tag.name,
    resources: { count, ...(last ? { last_tagged_uri: last.last_tagged_uri } : {}), ...parts },
  };
}

function remove(cloud: Cloud, tag: Tag): void {
  const without = (tags: readonly string[]) => tags.filter((name) => name !== tag.name);
  for (const droplet of cloud.of(DROPLETS).byTag.get(tag.name))
    cloud.of(DROPLETS).set(droplet.id, { ...droplet, tags: without(droplet.tags) });
  for (const volume of cloud.of(VOLUMES).byTag.get(tag.name))
    cloud.of(VOLUMES).set(volume.id, { ...volume, tags: without(volume.tags) });
  for (const snapshot of cloud.of(SNAPSHOTS).byTag.get(tag.name))
    cloud.of(SNAPSHOTS).set(snapshot.id, { ...snapshot, tags: without(snapshot.tags) });
  for (const cluster of cloud.of(CLUSTERS).byTag.get(tag.name))
    cloud.of(CLUSTERS).set(cluster.id, { ...cluster, tags: without(cluster.tags) });
  for (const firewall of cloud.of(FIREWALLS).values())
    if (firewall.tags.includes(tag.name))
      cloud.of(FIREWALLS).set(firewall.id, { ...firewall, tags: without(firewall.tags) });
  cloud.of(TAGS).delete(keyOf(tag.name));
}

export function tagRoutes({ cloud, firewalls }: Api): Route[] {
  const tagOf = ({ params }: Pick<Call, 'params'>) => found(cloud.of(TAGS).get(keyOf(params.tag_id ?? '')));
  return [
    list({
      call: 'GET /v2/tags',
      operation: 'tags_list',
      scopes: [['tag:read']],
      key: 'tags',
      item: answer,
      all: () => cloud.of(TAGS).values(),
      view: (tag, call) => view(cloud, tag, call),
    }),
    route({
      call: 'POST /v2/tags',
      operation: 'tags_create',
      scopes: [['tag:create']],
      body: createBody,
      status: 201,
      answer: oneTag,
      guesses: [
        'A tag that exists already is answered as if it were new.',
        'Names are told apart without regard to case.',
      ],
      handle: (call) => {
        ensureTags(cloud, [call.body.name]);
        return { tag: view(cloud, found(cloud.of(TAGS).get(keyOf(call.body.name))), call) };
      },
    }),
    route({
      call: 'GET /v2/tags/:tag_id',
      operation: 'tags_get',
      scopes: [['tag:read']],
      status: 200,
      answer: oneTag,
      handle: (call) => ({ tag: view(cloud, tagOf(call), call) }),
    }),
    route({
      call: 'DELETE /v2/tags/:tag_id',
      operation: 'tags_delete',
      scopes: [['tag:delete']],
      status: 204,
      guesses: [
        'The tag is taken from droplets, volumes and the targets of firewalls; rules keep its name and match nothing.',
      ],
      handle: (call) => {
        remove(cloud, tagOf(call));
        firewalls.sync();
      },
    }),
    ...tagResourceRoutes({ cloud, firewalls }, tagOf),
  ];
}

/** The tag that a `tag_name` filter means. @throws 404 when there is none, where the call needs one */
export function tagByName(cloud: Cloud, name: string | undefined): string {
  if (!name) throw unprocessable('tag_name is required.');
  const tag = canonicalTag(cloud, name);
  if (tag === undefined) throw notFound();
  return tag;
}
