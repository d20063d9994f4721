import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error';

/** Where Spaces is to be had. */
export const SPACES_REGIONS = [
  ...['ams3', 'atl1', 'blr1', 'fra1', 'lon1', 'nyc3', 'sfo2', 'sfo3', 'sgp1', 'syd1', 'tor1'],
];

/** What a request is about. */
export interface S3Request {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly path: string;
  readonly region: string;
  /** undefined: all buckets of the account. */
  readonly bucket: string | undefined;
  /** Name of an object; empty when it is about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** The bucket of the object that is copied, if one is. */
  readonly copyOf: string | undefined;
  /** The path with the bucket in it, and the query, as any store is asked. */
  readonly onward: string;
}

const HOST = new RegExp(
  `^(?:([a-z0-9-]+)\\.)?(${SPACES_REGIONS.join('|')})\\.digitaloceanspaces\\.com(:\\d+)?$`,
);

/**
 * Reads what a request is about, at <region>.digitaloceanspaces.com/<bucket>/<key> or <bucket>.<region>.digitaloceanspaces.com/<key>.
 *
 * @throws S3Error when it is about nothing
 */
export function s3RequestOf({ method = 'GET', url = '/', headers }: IncomingMessage): S3Request {
  // A proxy is asked for the whole URL.
  const path = url.replace(/^https?:\/\/[^/?]+/, '') || '/';
  const [, ofHost, region] = HOST.exec(headers.host ?? '') ?? [];
  if (region === undefined) throw new S3Error(400, 'InvalidRequest', 'Spaces has no such endpoint.');
  const [plain = '', query] = path.split(/\?(.*)/s);
  const full = ofHost === undefined ? plain : `/${ofHost}${plain}`;
  const [, bucket = '', ...key] = decoded(full).split('/');
  const source = headers['x-amz-copy-source'];
  return {
    ...{ method, path, region, key: key.join('/'), query: new URLSearchParams(query) },
    bucket: bucket || undefined,
    copyOf: source === undefined ? undefined : decoded(String(source)).replace(/^\//, '').split('/')[0],
    onward: query === undefined ? full : `${full}?${query}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', 'The path is not encoded as it should be.');
  }
}
