import { z } from 'zod';
import { format, namePrefix, region } from './setting-formats';

export const bucketName = format(
  (value) => /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(value),
  'is not the name of a bucket; one looks like foobar-backups: 3 to 63 small letters, digits and hyphens',
);

const endpoint = format(
  (value) => /^https:\/\/[a-z0-9.-]+(?::\d+)?$/.test(value),
  'is not the address of an S3 server; one looks like https://s3.eu-central-1.amazonaws.com',
);

/** DigitalOcean's regions that have Spaces (November 2026). */
export const spacesRegion = region.refine(
  (value) => !['nyc1', 'nyc2'].includes(value),
  'has no Spaces; nyc3 and fra1 have',
);

/** Where copies lie by default: in the same part of the world, and not where the stack is. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  nyc1: 'sfo3',
  nyc2: 'sfo3',
  nyc3: 'sfo3',
  atl1: 'nyc3',
  tor1: 'nyc3',
  sfo2: 'nyc3',
  sfo3: 'nyc3',
  ams3: 'fra1',
  fra1: 'ams3',
  lon1: 'ams3',
  blr1: 'sgp1',
  sgp1: 'syd1',
  syd1: 'sgp1',
};

/** @param region of the stack */
export const elsewhere = (region: string): string => ELSEWHERE[region] ?? 'nyc3';

/** Copies of the database in a bucket. */
export const backups = z
  .strictObject({
    bucket: bucketName.describe(
      'The bucket that gets copies of the database, such as `foobar-backups`: it exists already, with versioning. Without one a lost volume is lost data. See [backups](backups.md)',
    ),
    region: spacesRegion
      .optional()
      .describe(
        "Where the bucket is: by default not in the stack's region, but in the same part of the world",
      ),
    endpoint: endpoint
      .optional()
      .describe(
        'Another S3 server than Spaces, such as `https://s3.eu-central-1.amazonaws.com`; its keys are variables (`TF_VAR_backup_access_key`, `TF_VAR_backup_secret_key`)',
      ),
    retentionDays: z
      .int()
      .min(2)
      .max(3650)
      .default(30)
      .describe('For so many days one can go back to any moment'),
    workVolumeSize: z
      .int()
      .min(1)
      .max(16_384)
      .optional()
      .describe(
        'GiB of a second volume, on which copies are made, tried and restored, for [2.5 times the data](backups.md#what-it-needs-and-what-it-cant). Without one they need that room on the volume of the data. It can grow, not shrink',
      ),
    origin: z
      .strictObject({
        bucket: bucketName.describe(
          'A new stack begins with the newest data that another one has in this bucket; it does nothing once there are data',
        ),
        prefix: namePrefix.describe("The other stack's `prefix`"),
      })
      .optional(),
  })
  .superRefine(({ endpoint, region }, context) => {
    if (endpoint !== undefined && region !== undefined) {
      const message =
        'is that of a bucket in Spaces, and endpoint names another server; leave one of the two out';
      context.addIssue({ code: 'custom', path: ['region'], message });
    }
  });
