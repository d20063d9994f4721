import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { BYOIP_PREFIXES } from './stored-byoip-prefix';

export const COME = 'create_byoip_prefix';

/** What brings it into being in its time. */
export const byoipPrefixWorkers = (cloud: () => Cloud): Workers => ({
  [COME]: become(cloud, BYOIP_PREFIXES, (prefix) => ({ ...prefix, status: 'active' as const })),
});
