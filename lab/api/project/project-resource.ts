import { z } from 'zod';
import type { Api } from '../api';
import { DOMAINS } from '../domain/stored-domain';
import { DROPLETS } from '../droplet/stored-droplet';
import { RESERVED_IPS } from '../reserved-ip/stored-reserved-ip';
import type { Cloud } from '../server/cloud';
import { forbidden, preconditionFailed, unprocessable } from '../server/errors';
import { idOf } from '../server/id';
import { guess, openapi } from '../server/provenance';
import type { Call } from '../server/route';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { VOLUMES } from '../volume/stored-volume';
import { PROJECT_RESOURCES, type Project, type ProjectResource } from './stored-project';

/** What a project can have; a VPC, for one, is in none. */
const URN = /^do:(dbaas|domain|droplet|floatingip|reservedip|loadbalancer|space|volume|kubernetes):(.+)$/;

export const resourceAnswer = openapi(
  z.strictObject({
    urn: guess('do:reservedip is not in the document, but what the provider assigns', z.string()),
    assigned_at: z.iso.datetime(),
    links: z.strictObject({ self: z.url() }),
    status: z.enum(['ok', 'not_found', 'assigned', 'already_assigned', 'service_down']),
  }),
  'project resource',
);
export const resourcesBody = openapi(z.strictObject({ resources: z.array(z.string()).nullish() }));

type Status = z.infer<typeof resourceAnswer>['status'];

/** The scope that shows things of each kind. */
const READ: Readonly<Record<string, string>> = {
  droplet: 'droplet:read',
  domain: 'domain:read',
  volume: 'block_storage:read',
  floatingip: 'reserved_ip:read',
};

/** Whether the caller may see what a project has. */
export function isVisible({ urn }: ProjectResource, caller: Caller): boolean {
  const [, kind = ''] = URN.exec(urn) ?? [];
  return caller.can(READ[kind] ?? '*');
}

const paths: Readonly<Record<string, string>> = {
  droplet: 'droplets',
  domain: 'domains',
  volume: 'volumes',
  floatingip: 'reserved_ips',
  reservedip: 'reserved_ips',
};

export function resourceView({ options }: Api, resource: ProjectResource, status: Status, base: string) {
  const [, kind = '', name = ''] = URN.exec(resource.urn) ?? [];
  return {
    urn: options.strictProjects ? resource.urn : (resource.shownAs ?? resource.urn),
    assigned_at: second(resource.assignedAt),
    links: { self: `${base}/v2/${paths[kind] ?? kind}/${encodeURIComponent(name)}` },
    status,
  };
}

function exists(cloud: Cloud, kind: string, name: string): boolean {
  if (kind === 'droplet') return cloud.of(DROPLETS).has(idOf(name));
  if (kind === 'domain') return cloud.of(DOMAINS).has(name.toLowerCase());
  if (kind === 'volume') return cloud.of(VOLUMES).has(name);
  return kind === 'floatingip' && cloud.of(RESERVED_IPS).has(name);
}

/** Moves things into a project, and says for each what became of it. */
export function assignResources(
  api: Api,
  project: Project,
  urns: readonly string[],
  { base, caller }: Pick<Call, 'base' | 'caller'>,
) {
  const { cloud, options } = api;
  return urns.map((given) => {
    const [, kind = '', name = ''] = URN.exec(given) ?? [];
    if (kind === '') throw unprocessable(`resource ${given} is not a valid URN`);
    const known = kind === 'reservedip' ? 'floatingip' : kind;
    const urn = `do:${known}:${name}`;
    const resource = { urn, projectId: project.id, assignedAt: new Date().toISOString(), shownAs: given };
    if (!isVisible(resource, caller)) throw forbidden();
    if (!exists(cloud, known, name)) return resourceView(api, resource, 'not_found', base);
    if (options.strictProjects && known === 'floatingip' && cloud.of(RESERVED_IPS).get(name)?.dropletId)
      throw preconditionFailed(
        'Cannot move a Reserved IP with an associated Droplet. Move the Droplet instead',
      );
    const before = cloud.of(PROJECT_RESOURCES).get(urn);
    cloud.of(PROJECT_RESOURCES).set(urn, resource);
    const status = before?.projectId === project.id ? 'already_assigned' : 'assigned';
    return resourceView(api, resource, status, base);
  });
}
