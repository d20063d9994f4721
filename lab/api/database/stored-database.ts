import { Table } from '../server/store';
import type { Engine } from './engine';

/** In the settings of things here names are as calls have them. */
export type Settings = Readonly<Record<string, unknown>>;

export interface TrustedSource {
  readonly uuid: string;
  readonly type: 'droplet' | 'k8s' | 'ip_addr' | 'tag' | 'app';
  readonly value: string;
  readonly description: string;
  readonly createdAt: string;
}

export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly engine: Engine;
  readonly version: string;
  readonly status: 'creating' | 'online' | 'resizing' | 'migrating';
  readonly region: string;
  readonly size: string;
  readonly nodes: number;
  readonly storageMib: number;
  readonly vpcId: string;
  readonly tags: readonly string[];
  readonly sources: readonly TrustedSource[];
  readonly maintenance: { readonly day: string; readonly hour: string };
  readonly config: Settings;
  readonly evictionPolicy: string;
  readonly sqlMode: string;
  readonly autoscale: Settings;
  readonly cnames: readonly string[];
  readonly createdAt: string;
}

interface OfCluster {
  readonly clusterId: string;
  readonly name: string;
}

export interface User extends OfCluster {
  readonly role: 'primary' | 'normal';
  readonly password: string;
  /** Of MySQL. */
  readonly authPlugin: string;
  readonly settings: Settings;
  /** By which a client of Kafka shows who it is. */
  readonly accessKey?: string;
}

export type Db = OfCluster;

export interface Pool extends OfCluster {
  readonly mode: string;
  readonly size: number;
  readonly db: string;
  /** Empty: whoever connects. */
  readonly user: string;
}

export interface Replica extends OfCluster {
  readonly id: string;
  readonly status: 'creating' | 'online' | 'resizing';
  readonly region: string;
  readonly size: string;
  readonly storageMib: number;
  readonly vpcId: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
}

export interface Topic extends OfCluster {
  readonly partitions: number;
  readonly replicas: number;
  readonly config: Settings;
}

export interface LogSink extends OfCluster {
  readonly id: string;
  readonly type: 'rsyslog' | 'elasticsearch' | 'opensearch' | 'datadog';
  readonly config: Settings;
}

const byCluster = { byCluster: ({ clusterId }: OfCluster) => [clusterId] };

export const CLUSTERS = new Table<string, Cluster, 'byTag' | 'byVpc'>('database_clusters', {
  byTag: ({ tags }) => tags,
  byVpc: ({ vpcId }) => [vpcId],
});
export const USERS = new Table<string, User, 'byCluster'>('database_users', byCluster);
export const DBS = new Table<string, Db, 'byCluster'>('database_dbs', byCluster);
export const POOLS = new Table<string, Pool, 'byCluster'>('database_pools', byCluster);
export const REPLICAS = new Table<string, Replica, 'byCluster' | 'byId'>('database_replicas', {
  ...byCluster,
  byId: ({ id }) => [id],
});
export const TOPICS = new Table<string, Topic, 'byCluster'>('database_topics', byCluster);
export const LOG_SINKS = new Table<string, LogSink, 'byCluster'>('database_log_sinks', byCluster);
/** All that goes with its cluster, as far as they are alike. */
export const PARTS = [USERS, DBS, POOLS, REPLICAS, TOPICS, LOG_SINKS] as unknown as readonly Table<
  string,
  OfCluster,
  'byCluster'
>[];

/** What a part of a cluster is found by. */
export const keyOf = ({ clusterId, name }: OfCluster) => `${clusterId} ${name}`;
export const clusterUrn = (id: string) => `do:dbaas:${id}`;
