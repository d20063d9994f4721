import type { Workers } from '../server/action';
import { become } from '../server/becoming';
import type { Cloud } from '../server/cloud';
import { CERTIFICATES } from './stored-certificate';

export const ISSUE = 'issue_certificate';

/** What brings it into being in its time. */
export const certificateWorkers = (cloud: () => Cloud): Workers => ({
  [ISSUE]: become(cloud, CERTIFICATES, (certificate) => ({ ...certificate, state: 'verified' as const })),
});
