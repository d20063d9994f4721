import { z } from 'zod';
import type { Api } from './api';
import type { Cloud } from './cloud';
import { found, notFound, notImplemented, unprocessable } from './errors';
import { idOf } from './id';
import { guess, openapi } from './label';
import type { Tag } from './records';
import { type Call, list, type Route, route } from './route';

export const tagName = z
  .string()
  .max(255)
  .regex(/^[\p{L}\p{N}_\-:]+$/u, 'may only contain letters, numbers, colons, dashes and underscores');

const counted = z.strictObject({ count: z.int(), last_tagged_uri: z.string().optional() });
const answer = openapi(
  z.strictObject({
    name: z.string(),
    resources: z.strictObject({
      count: z.int(),
      last_tagged_uri: z.string().optional(),
      droplets: counted,
      images: guess(
        'the document spells it imgages; clients read images',
        z.strictObject({ count: z.int() }),
      ),
      volumes: counted,
      volume_snapshots: counted,
      databases: counted,
    }),
  }),
  'tag',
);
const oneTag = openapi(z.strictObject({ tag: answer }));
const createBody = openapi(z.strictObject({ name: tagName, resources: z.unknown().optional() }));
const resourcesBody = openapi(
  z.strictObject({
    resources: z
      .array(z.strictObject({ resource_id: z.string(), resource_type: z.string() }))
      .min(1, 'must not be empty'),
  }),
);

/** Tags differ by their letters, not by their case. */
const keyOf = (name: string) => name.toLowerCase();

/** A tag's name as it was first written; undefined when there is no such tag. */
export const canonicalTag = (cloud: Cloud, name: string) => cloud.tags.get(keyOf(name))?.name;

/** Makes sure that tags exist and gives their names as first written, each once. */
export function ensureTags(cloud: Cloud, names: readonly string[]): string[] {
  const tags = names.map((name) => cloud.tags.get(keyOf(name)) ?? cloud.tags.set(keyOf(name), { name }));
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

function view(cloud: Cloud, tag: Tag, base: string) {
  const part = (kind: string, tagged: readonly { readonly id: string | number }[]) => {
    const last = tagged.at(-1);
    return { count: tagged.length, ...(last ? { last_tagged_uri: `${base}/v2/${kind}/${last.id}` } : {}) };
  };
  const droplets = part('droplets', cloud.dropletsByTag.get(tag.name));
  const volumes = part('volumes', cloud.volumesByTag.get(tag.name));
  const { last_tagged_uri } = { ...volumes, ...droplets };
  const last = last_tagged_uri ? { last_tagged_uri } : {};
  const none = { count: 0 };
  const never = { images: none, volume_snapshots: none, databases: none };
  const count = droplets.count + volumes.count;
  return { name: tag.name, resources: { count, ...last, droplets, volumes, ...never } };
}

type Resource = z.infer<typeof resourcesBody>['resources'][number];

/** Adds or takes a tag from one thing. */
function retag(
  cloud: Cloud,
  { resource_id, resource_type }: Resource,
  change: (tags: readonly string[]) => string[],
) {
  if (resource_type === 'droplet') {
    const droplet = found(cloud.droplets.get(idOf(resource_id)));
    cloud.droplets.set(droplet.id, { ...droplet, tags: change(droplet.tags) });
  } else if (resource_type === 'volume') {
    const volume = found(cloud.volumes.get(resource_id));
    cloud.volumes.set(volume.id, { ...volume, tags: change(volume.tags) });
  } else if (['image', 'volume_snapshot', 'database'].includes(resource_type)) {
    throw notImplemented(`Tagging a resource of type ${resource_type}`);
  } else throw unprocessable(`${resource_type} is not a type of resource that can be tagged.`);
}

function remove(cloud: Cloud, tag: Tag): void {
  const without = (tags: readonly string[]) => tags.filter((name) => name !== tag.name);
  for (const droplet of cloud.dropletsByTag.get(tag.name))
    cloud.droplets.set(droplet.id, { ...droplet, tags: without(droplet.tags) });
  for (const volume of cloud.volumesByTag.get(tag.name))
    cloud.volumes.set(volume.id, { ...volume, tags: without(volume.tags) });
  for (const firewall of cloud.firewalls.values())
    if (firewall.tags.includes(tag.name))
      cloud.firewalls.set(firewall.id, { ...firewall, tags: without(firewall.tags) });
  cloud.tags.delete(keyOf(tag.name));
}

export function tagRoutes({ cloud, firewalls }: Api): Route[] {
  const tagOf = ({ params }: Pick<Call, 'params'>) => found(cloud.tags.get(keyOf(params.tag_id ?? '')));
  return [
    list({
      call: 'GET /v2/tags',
      operation: 'tags_list',
      scopes: [['tag:read']],
      key: 'tags',
      item: answer,
      all: () => cloud.tags.values(),
      view: (tag, { base }) => view(cloud, tag, base),
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
      handle: ({ body, base }) => {
        ensureTags(cloud, [body.name]);
        return { tag: view(cloud, found(cloud.tags.get(keyOf(body.name))), base) };
      },
    }),
    route({
      call: 'GET /v2/tags/:tag_id',
      operation: 'tags_get',
      scopes: [['tag:read']],
      status: 200,
      answer: oneTag,
      handle: (call) => ({ tag: view(cloud, tagOf(call), call.base) }),
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
    route({
      call: 'POST /v2/tags/:tag_id/resources',
      operation: 'tags_assign_resources',
      scopes: [['tag:create']],
      body: resourcesBody,
      status: 204,
      handle: (call) => {
        const { name } = tagOf(call);
        for (const resource of call.body.resources)
          retag(cloud, resource, (tags) => (tags.includes(name) ? [...tags] : [...tags, name]));
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
          retag(cloud, resource, (tags) => tags.filter((tag) => tag !== name));
        firewalls.sync();
      },
    }),
  ];
}

/** The tag that a `tag_name` filter means. @throws 404 when there is none, where the call needs one */
export function tagByName(cloud: Cloud, name: string | undefined): string {
  if (!name) throw unprocessable('tag_name is required.');
  const tag = canonicalTag(cloud, name);
  if (tag === undefined) throw notFound();
  return tag;
}
