import { z } from 'zod';

/** When and by how much a cluster's storage would grow by itself. */
export const storageAutoscale = z.strictObject({
  enabled: z.boolean(),
  threshold_percent: z.int().min(0).max(95).nullish(),
  increment_gib: z.int().min(0).max(500).nullish(),
});
