import { z } from 'zod';
import { readJsonFile } from '../../common/json-file';
import { sell } from './catalogue';

const slug = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/, 'must be a slug, such as s-1vcpu-1gb');
const amount = z.number().min(0).optional();
const schema = z
  .object({
    regions: z.array(z.object({ slug, name: z.string() })).optional(),
    sizes: z
      .array(
        z.object({
          ...{ slug, vcpus: z.int().min(1), memory: z.int().min(1), disk: z.int().min(1) },
          ...{
            price_monthly: amount,
            price_hourly: amount,
            transfer: amount,
            description: z.string().optional(),
          },
        }),
      )
      .optional(),
    images: z.array(z.object({ slug, distribution: z.string(), name: z.string() })).optional(),
  })
  .refine((lists) => Object.keys(lists).length > 0, 'has neither regions nor sizes nor images');

/**
 * Sells what a JSON file lists under regions, sizes and images, as DigitalOcean's API answers them.
 * @throws Error of one sentence
 */
export function sellFile(file: string): void {
  sell(readJsonFile(file, schema));
}
