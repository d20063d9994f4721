import { z } from 'zod';
import type { Api } from '../api';
import { CLUSTERS } from '../database/stored-database';
import { DOMAINS } from '../domain/stored-domain';
import { DROPLETS } from '../droplet/stored-droplet';
import { LOAD_BALANCERS } from '../load-balancer/stored-load-balancer';
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

interface Kind {
  /** The scope that shows such things. */
  readonly read: string;
  /** Where they are, below /v2. */
  readonly path: string;
  exists(cloud: Cloud, name: string): boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  droplet: {
    ...{ read: 'droplet:read', path: 'droplets' },
    exists: (cloud, name) => cloud.of(DROPLETS).has(idOf(name)),
  },
  domain: {
    ...{ read: 'domain:read', path: 'domains' },
    exists: (cloud, name) => cloud.of(DOMAINS).has(name.toLowerCase()),
  },
  volume: {
    ...{ read: 'block_storage:read', path: 'volumes' },
    exists: (cloud, name) => cloud.of(VOLUMES).has(name),
  },
  floatingip: {
    ...{ read: 'reserved_ip:read', path: 'reserved_ips' },
    exists: (cloud, name) => cloud.of(RESERVED_IPS).has(name),
  },
  loadbalancer: {
    ...{ read: 'load_balancer:read', path: 'load_balancers' },
    exists: (cloud, name) => cloud.of(LOAD_BALANCERS).has(name),
  },
  dbaas: {
    ...{ read: 'database:read', path: 'databases' },
    exists: (cloud, name) => cloud.of(CLUSTERS).has(name),
  },
};
const kindOf = (kind: string): Kind | undefined => (Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined);

/** Whether the caller may see what a project has. */
export function isVisible({ urn }: ProjectResource, caller: Caller): boolean {
  const [, kind = ''] = URN.exec(urn) ?? [];
  return caller.can(kindOf(kind)?.read ?? '*');
}

export function resourceView({ options }: Api, resource: ProjectResource, status: Status, base: string) {
  const [, kind = '', name = ''] = URN.exec(resource.urn) ?? [];
  return {
    urn: options.strictProjects ? resource.urn : (resource.shownAs ?? resource.urn),
    assigned_at: second(resource.assignedAt),
    links: { self: `${base}/v2/${kindOf(known(kind))?.path ?? kind}/${encodeURIComponent(name)}` },
    status,
  };
}

/** A Reserved IP goes by its former name. */
const known = (kind: string) => (kind === 'reservedip' ? 'floatingip' : kind);

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
    const urn = `do:${known(kind)}:${name}`;
    const resource = { urn, projectId: project.id, assignedAt: new Date().toISOString(), shownAs: given };
    if (!isVisible(resource, caller)) throw forbidden();
    if (!kindOf(known(kind))?.exists(cloud, name)) return resourceView(api, resource, 'not_found', base);
    if (options.strictProjects && known(kind) === 'floatingip' && cloud.of(RESERVED_IPS).get(name)?.dropletId)
      throw preconditionFailed(
        'Cannot move a Reserved IP with an associated Droplet. Move the Droplet instead',
      );
    const before = cloud.of(PROJECT_RESOURCES).get(urn);
    cloud.of(PROJECT_RESOURCES).set(urn, resource);
    const status = before?.projectId === project.id ? 'already_assigned' : 'assigned';
    return resourceView(api, resource, status, base);
  });
}
