import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { GARBAGE_COLLECTIONS } from './stored-registry';

export const COLLECT = 'collect_garbage';

/** What brings a collection to its end. */
export const garbageCollectionWorkers = (cloud: () => Cloud): Workers => ({
  [COLLECT]: become(cloud, GARBAGE_COLLECTIONS, (one) =>
    one.status === 'requested'
      ? { ...one, status: 'succeeded' as const, updatedAt: new Date().toISOString() }
      : one,
  ),
});
