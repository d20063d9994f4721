import { z } from 'zod';
import type { Api } from '../api';
import { projectOf } from '../project/project-member';
import type { Cloud } from '../server/cloud';
import { openapi } from '../server/provenance';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { connection, connectionAnswer, hostOf, privateHost } from './connection';
import { semantic, TRAITS } from './engine';
import { type Cluster, clusterUrn, DBS, keyOf, USERS } from './stored-database';
import { sourceAnswer, sourceView } from './trusted-source';
import { userAnswer, userView } from './user-view';

const maintenanceAnswer = z.strictObject({
  day: z.string(),
  hour: z.string(),
  pending: z.boolean(),
  description: z.array(z.string()),
});

export const clusterAnswer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    engine: z.string(),
    version: z.string(),
    semantic_version: z.string(),
    num_nodes: z.int(),
    size: z.string(),
    region: z.string(),
    status: z.enum(['creating', 'online', 'resizing', 'migrating', 'forking']),
    created_at: z.iso.datetime(),
    private_network_uuid: z.string(),
    tags: z.array(z.string()),
    db_names: z.array(z.string()),
    connection: connectionAnswer,
    private_connection: connectionAnswer,
    standby_connection: connectionAnswer.optional(),
    standby_private_connection: connectionAnswer.optional(),
    users: z.array(userAnswer),
    maintenance_window: maintenanceAnswer,
    project_id: z.uuid().optional(),
    rules: z.array(sourceAnswer),
    storage_size_mib: z.int(),
    metrics_endpoints: z.array(z.strictObject({ host: z.string(), port: z.int() })),
    do_settings: z.strictObject({ service_cnames: z.array(z.string()) }).optional(),
  }),
  'database cluster',
);

function connections(cloud: Cloud, cluster: Cluster, caller: Caller) {
  const { admin } = TRAITS[cluster.engine];
  const password = cloud.of(USERS).get(keyOf({ clusterId: cluster.id, name: admin }))?.password ?? '';
  const host = hostOf(cluster);
  const to = (name: string) => connection(cluster, { host: name, user: admin, password }, caller);
  return {
    connection: to(host),
    private_connection: to(privateHost(host)),
    ...(cluster.nodes > 1
      ? {
          standby_connection: to(`replica-${host}`),
          standby_private_connection: to(privateHost(`replica-${host}`)),
        }
      : {}),
  };
}

/** A cluster as the caller may see it. */
export const clusterView = ({ cloud }: Api, cluster: Cluster, caller: Caller) => ({
  id: cluster.id,
  name: cluster.name,
  engine: cluster.engine,
  version: cluster.version,
  semantic_version: semantic(cluster.version),
  num_nodes: cluster.nodes,
  size: cluster.size,
  region: cluster.region,
  status: cluster.status,
  created_at: second(cluster.createdAt),
  private_network_uuid: cluster.vpcId,
  tags: caller.can('tag:read') ? cluster.tags : [],
  db_names: cloud
    .of(DBS)
    .byCluster.get(cluster.id)
    .map(({ name }) => name),
  ...connections(cloud, cluster, caller),
  users: cloud
    .of(USERS)
    .byCluster.get(cluster.id)
    .map((user) => userView(user, cluster, caller)),
  maintenance_window: { ...cluster.maintenance, pending: false, description: [] },
  ...(caller.can('project:read') ? { project_id: projectOf(cloud, clusterUrn(cluster.id)) } : {}),
  rules: cluster.sources.map((source) => sourceView(source, cluster)),
  storage_size_mib: cluster.storageMib,
  metrics_endpoints: [{ host: `${hostOf(cluster)}.db.ondigitalocean.test`, port: 9273 }],
  ...(cluster.cnames.length > 0 ? { do_settings: { service_cnames: cluster.cnames } } : {}),
});
