import { z } from 'zod';
import { bucketName, spacesRegion } from './backup-settings';

/** Where Terraform keeps its state, if not in a file beside cdktf.json. */
export const state = z
  .strictObject({
    bucket: bucketName.describe(
      "The Spaces bucket that holds Terraform's state, for a team: [how to](environments.md#a-state-for-all)",
    ),
    region: spacesRegion.describe('Where that bucket is'),
  })
  .optional();

export type StateSettings = z.output<typeof state>;
