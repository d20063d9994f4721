export const ENGINES = [
  ...(['pg', 'mysql', 'redis', 'valkey', 'mongodb', 'kafka', 'opensearch'] as const),
  ...(['advanced_pg', 'advanced_mysql'] as const),
] as const;
export type Engine = (typeof ENGINES)[number];

interface Traits {
  readonly scheme: string;
  readonly port: number;
  /** The user that there is from the beginning. */
  readonly admin: string;
  /** The database that there is from the beginning; empty for engines that have none. */
  readonly db: string;
  /** Oldest first; the last is the default. */
  readonly versions: readonly string[];
  readonly nodes: readonly number[];
  /** What is in the query of a connection's address. */
  readonly query: string;
}

const few = [1, 2, 3];
const cache = { scheme: 'rediss', port: 25061, admin: 'default', db: '', nodes: few, query: '' };
const admin = 'doadmin';
const pg = {
  scheme: 'postgresql',
  port: 25060,
  admin,
  db: 'defaultdb',
  nodes: few,
  query: 'sslmode=require',
};
const mysql = { ...pg, scheme: 'mysql', query: 'ssl-mode=REQUIRED' };

export const TRAITS: Readonly<Record<Engine, Traits>> = {
  pg: { ...pg, versions: ['13', '14', '15', '16', '18', '17'] },
  mysql: { ...mysql, versions: ['8'] },
  redis: { ...cache, versions: ['5', '6', '7'] },
  valkey: { ...cache, versions: ['8'] },
  mongodb: {
    ...{ scheme: 'mongodb+srv', port: 27017, admin, db: 'admin', nodes: [1, 3] },
    ...{ versions: ['5.0', '6.0', '8.0', '7.0'], query: 'tls=true&authSource=admin' },
  },
  kafka: {
    ...{ scheme: 'kafka', port: 25073, admin, db: '', nodes: [3, 6, 9, 15] },
    ...{ versions: ['3.5', '3.6', '3.7', '3.8'], query: '' },
  },
  opensearch: {
    ...{ scheme: 'https', port: 25060, admin, db: '', nodes: [1, 3, 6, 9, 15] },
    ...{ versions: ['1', '2'], query: '' },
  },
  advanced_pg: { ...pg, versions: ['16', '17', '18'] },
  advanced_mysql: { ...mysql, versions: ['8.4.8'], nodes: [1, 3] },
};

/** The version that a text names, in its own words: "6" is 6.0 of MongoDB, and stays "6". Undefined when there is none such. */
export function versionOf(engine: Engine, wanted: string | null | undefined): string | undefined {
  const { versions } = TRAITS[engine];
  if (!wanted) return versions.at(-1);
  return versions.some((one) => one === wanted || one.startsWith(`${wanted}.`)) ? wanted : undefined;
}

/** With a second part, such as 17.0. */
export const semantic = (version: string) => (version.includes('.') ? version : `${version}.0`);

export const isPostgres = (engine: Engine) => engine === 'pg' || engine === 'advanced_pg';
export const isMysql = (engine: Engine) => engine === 'mysql' || engine === 'advanced_mysql';
export const isCache = (engine: Engine) => engine === 'redis' || engine === 'valkey';
export const isSql = (engine: Engine) => isPostgres(engine) || isMysql(engine);

/** GiB of the disk that goes with so many GiB of memory. */
const DISKS: Readonly<Record<number, number>> = { 1: 10, 2: 30, 4: 60, 8: 140, 16: 290, 32: 580, 64: 1012 };
const SIZE = /^[a-z0-9_]+(?:-[a-z]+)?-\d+vcpu-(\d+)gb(?:-[a-z]+)?$/;

export const SIZES = [
  ...['db-s-1vcpu-1gb', 'db-s-1vcpu-2gb', 'db-s-2vcpu-4gb', 'db-s-4vcpu-8gb', 'db-s-6vcpu-16gb'],
  ...['db-s-8vcpu-32gb', 'db-s-16vcpu-64gb', 'gd-2vcpu-8gb', 'gd-4vcpu-16gb', 'gd-8vcpu-32gb'],
];

/** MiB of storage that come with a size; undefined when it is none. */
export function storageOf(size: string): number | undefined {
  const memory = Number(SIZE.exec(size)?.[1]);
  if (Number.isNaN(memory)) return undefined;
  return (DISKS[memory] ?? memory * 18) * 1024;
}
