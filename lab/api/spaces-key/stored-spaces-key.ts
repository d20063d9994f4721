import { randomBytes } from 'node:crypto';
import type { Cloud } from '../server/cloud';
import { Table } from '../server/store';

export const PERMISSIONS = ['read', 'readwrite', 'fullaccess'] as const;

/** What a key may do in a bucket; with full access in all buckets, and with these themselves. */
export interface Grant {
  /** Empty with full access. */
  readonly bucket: string;
  readonly permission: (typeof PERMISSIONS)[number];
}

export interface SpacesKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly createdAt: string;
}

export const SPACES_KEYS = new Table<string, SpacesKey>('spaces_keys');

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export function newSpacesKey(cloud: Cloud, { name, grants }: Pick<SpacesKey, 'name' | 'grants'>): SpacesKey {
  const accessKey = `DO00${[...randomBytes(16)].map((byte) => CAPITALS[byte % CAPITALS.length]).join('')}`;
  const secretKey = randomBytes(40).toString('base64').replace(/[+/=]/g, '').slice(0, 43);
  const createdAt = new Date().toISOString();
  return cloud.of(SPACES_KEYS).set(accessKey, { accessKey, secretKey, name, grants, createdAt });
}

export const hasFullAccess = ({ grants }: Pick<SpacesKey, 'grants'>) =>
  grants.some(({ permission }) => permission === 'fullaccess');
