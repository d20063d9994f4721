import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { CLUSTERS, REPLICAS } from './stored-database';

export const CREATE_CLUSTER = 'create_database_cluster';
export const RESIZE_CLUSTER = 'resize_database_cluster';
export const MIGRATE_CLUSTER = 'migrate_database_cluster';
export const CREATE_REPLICA = 'create_database_replica';
export const RESIZE_REPLICA = 'resize_database_replica';

/** What brings clusters and replicas into being in their time. */
export function databaseWorkers(cloud: () => Cloud): Workers {
  const online = become(cloud, CLUSTERS, (cluster) => ({ ...cluster, status: 'online' as const }));
  const replicaOnline = become(cloud, REPLICAS, (replica) => ({ ...replica, status: 'online' as const }));
  return {
    [CREATE_CLUSTER]: online,
    [RESIZE_CLUSTER]: online,
    [MIGRATE_CLUSTER]: online,
    [CREATE_REPLICA]: replicaOnline,
    [RESIZE_REPLICA]: replicaOnline,
  };
}
