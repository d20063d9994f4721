import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { assignToProject } from '../project/project-member';
import type { Cloud } from '../server/cloud';
import { conflict, forbidden, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import type { Call } from '../server/route';
import { ensureTags, tagName } from '../tag/tag';
import { VPCS } from '../vpc/stored-vpc';
import { defaultVpc } from '../vpc/vpc';
import { ENGINES, storageOf, TRAITS, versionOf } from './engine';
import { storageAutoscale } from './storage-autoscale';
import { CLUSTERS, type Cluster, clusterUrn, DBS, keyOf, USERS, type User } from './stored-database';
import { sourceBody, sourcesOf } from './trusted-source';

const shown = 'answers have it; who sends one back is not heard';
const readOnly = Object.fromEntries(
  [
    ...['id', 'semantic_version', 'status', 'created_at', 'version_end_of_life'],
    'version_end_of_availability',
  ].map((name) => [name, guess(shown, z.string().nullish())]),
);
export const nodeBody = { size: z.string(), num_nodes: z.int().min(1) };
export const createClusterBody = openapi(
  z.strictObject({
    ...readOnly,
    name: z
      .string()
      .min(3)
      .max(63)
      .regex(/^[a-z][a-z0-9-]*$/, 'must begin with a letter and have lowercase letters, numbers and dashes'),
    engine: z.enum(ENGINES),
    version: z.string().nullish(),
    region: z.string(),
    ...nodeBody,
    private_network_uuid: z.string().nullish(),
    tags: z.array(tagName).nullish(),
    project_id: z.string().nullish(),
    rules: z.array(sourceBody).nullish(),
    storage_size_mib: z.int().min(1).nullish(),
    autoscale: z.strictObject({ storage: storageAutoscale.nullish() }).nullish(),
    storage_autoscale: guess('godo sends it for autoscale.storage', storageAutoscale.nullish()),
    do_settings: z.strictObject({ service_cnames: z.array(z.string()).nullish() }).nullish(),
  }),
);
type Body = z.infer<typeof createClusterBody>;

export const newPassword = () => `AVNS_${randomBytes(15).toString('base64url')}`;

const newKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

export const newUser = (
  { id: clusterId, engine }: Pick<Cluster, 'id' | 'engine'>,
  name: string,
  role: User['role'],
): User => ({
  ...{ clusterId, name, role },
  ...(engine === 'kafka' ? { accessKey: String(newKey()) } : {}),
  password: newPassword(),
  authPlugin: 'caching_sha2_password',
  settings: {},
});

/** @throws 422 for what can't be a cluster's nodes */
export function checkNodes(engine: Cluster['engine'], size: string, nodes: number): number {
  const storage = storageOf(size);
  if (storage === undefined) throw unprocessable(`size ${size} is invalid`);
  if (!TRAITS[engine].nodes.includes(nodes))
    throw unprocessable(`A cluster of ${engine} has ${TRAITS[engine].nodes.join(', ')} nodes, not ${nodes}.`);
  return storage;
}

function vpcOf(cloud: Cloud, { private_network_uuid: id, region }: Body): string {
  if (!id) return defaultVpc(cloud, region).id;
  if (cloud.of(VPCS).get(id)?.region !== region) throw unprocessable(`There is no VPC ${id} in ${region}.`);
  return id;
}

function check(cloud: Cloud, body: Body) {
  if (!isRegion(body.region)) throw unprocessable(`region ${body.region} is invalid`);
  const version = versionOf(body.engine, body.version);
  if (version === undefined) throw unprocessable(`version ${body.version} of ${body.engine} is invalid`);
  const least = checkNodes(body.engine, body.size, body.num_nodes);
  const taken = cloud.of(CLUSTERS).values();
  if (taken.some(({ name }) => name === body.name)) throw conflict('cluster name is not available');
  return { version, storageMib: Math.max(body.storage_size_mib ?? 0, least) };
}

export function createCluster(api: Api, { body, caller }: Pick<Call<Body>, 'body' | 'caller'>): Cluster {
  refuseOnHardware(api, 'A database cluster');
  const { cloud } = api;
  if (body.tags?.length && !caller.can('tag:create')) throw forbidden();
  const { version, storageMib } = check(cloud, body);
  const id = randomUUID();
  const { admin, db } = TRAITS[body.engine];
  const user = newUser({ id, engine: body.engine }, admin, 'primary');
  cloud.of(USERS).set(keyOf(user), user);
  if (db !== '') cloud.of(DBS).set(keyOf({ clusterId: id, name: db }), { clusterId: id, name: db });
  assignToProject(cloud, clusterUrn(id), body.project_id);
  return cloud.of(CLUSTERS).set(id, {
    ...{ id, version, storageMib, name: body.name, engine: body.engine, status: 'creating' },
    ...{ region: body.region, size: body.size, nodes: body.num_nodes, vpcId: vpcOf(cloud, body) },
    tags: ensureTags(cloud, body.tags ?? []),
    sources: sourcesOf(cloud, body.rules ?? []),
    maintenance: { day: 'monday', hour: '21:00:00' },
    ...{ config: {}, evictionPolicy: 'noeviction', sqlMode: SQL_MODE },
    autoscale: { storage: body.autoscale?.storage ?? body.storage_autoscale ?? { enabled: false } },
    cnames: body.do_settings?.service_cnames ?? [],
    createdAt: new Date().toISOString(),
  });
}

const SQL_MODE = [
  ...['ANSI', 'ERROR_FOR_DIVISION_BY_ZERO', 'NO_ENGINE_SUBSTITUTION', 'NO_ZERO_DATE', 'NO_ZERO_IN_DATE'],
  'STRICT_ALL_TABLES',
].join(',');
