import { z } from 'zod';
import { accessDenied, S3Error } from './s3-error';
import type { S3Request } from './s3-request';

export const STORE_FAULTS = ['delay', 'dead', 'hang', 'full', '403', '503'] as const;

/** How the object store fails: late, no connection, no answer, no room, no right, no capacity. */
export const storeFaultSchema = z.strictObject({
  kind: z.enum(STORE_FAULTS),
  /** Of a delay: of each request. */
  milliseconds: z.int().min(1).max(600_000).default(1000),
});
export type StoreFault = z.infer<typeof storeFaultSchema>;

/** What a request is answered because of a fault, if it is answered at all. */
export function refusalOf(fault: StoreFault | undefined, { method, key }: S3Request): S3Error | undefined {
  if (fault?.kind === '403') return accessDenied();
  if (fault?.kind === '503') return new S3Error(503, 'SlowDown', 'Please reduce your request rate.');
  const isWrite = key !== '' && (method === 'PUT' || method === 'POST');
  return fault?.kind === 'full' && isWrite
    ? new S3Error(403, 'QuotaExceeded', 'The quota of the bucket is exceeded.')
    : undefined;
}
