import { Table } from '../server/store';

export interface Registry {
  readonly name: string;
  readonly region: string;
  readonly tier: string;
  readonly createdAt: string;
  /** When its tier was last chosen. */
  readonly subscribedAt: string;
}

export interface GarbageCollection {
  readonly id: string;
  readonly registry: string;
  readonly status: 'requested' | 'succeeded' | 'cancelled';
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const REGISTRIES = new Table<string, Registry>('registries');
export const GARBAGE_COLLECTIONS = new Table<string, GarbageCollection, 'byRegistry'>('garbage_collections', {
  byRegistry: ({ registry }) => [registry],
});
