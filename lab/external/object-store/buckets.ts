import { noSuchBucket, S3Error } from './s3-error';
import type { S3Request } from './s3-request';

const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** Which buckets there are, and where: a bucket is in one region, and its name in all of them. */
export class Buckets {
  private readonly all = new Map<string, { readonly region: string; readonly createdAt: string }>();

  /**
   * The answer to a question that is about regions; undefined when it is another one.
   *
   * @throws S3Error when there is no such bucket, or there can't be
   */
  answer({ method, bucket, key, query, region }: S3Request): string | undefined {
    if (bucket === undefined) return this.list(region);
    if (isCreation({ method, key, query })) {
      if (!NAME.test(bucket))
        throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.');
      if (this.all.has(bucket))
        throw new S3Error(409, 'BucketAlreadyExists', 'The requested bucket name is not available.');
      return undefined;
    }
    if (this.all.get(bucket)?.region !== region) throw noSuchBucket();
    if (method !== 'GET' || key !== '' || !query.has('location')) return undefined;
    return `<?xml version="1.0" encoding="UTF-8"?><LocationConstraint ${NAMESPACE}>${region}</LocationConstraint>`;
  }

  /** Is told how a request ended. */
  note({ method, bucket, key, query, region }: S3Request, status: number): void {
    if (bucket === undefined || status >= 300) return;
    if (isCreation({ method, key, query }))
      this.all.set(bucket, { region, createdAt: new Date().toISOString() });
    if (method === 'DELETE' && key === '' && isPlain(query)) this.all.delete(bucket);
  }

  private list(region: string): string {
    const buckets = [...this.all]
      .filter(([, bucket]) => bucket.region === region)
      .map(
        ([name, { createdAt }]) =>
          `<Bucket><Name>${name}</Name><CreationDate>${createdAt}</CreationDate></Bucket>`,
      );
    const owner = '<Owner><ID>digitalocean-lab</ID><DisplayName>digitalocean-lab</DisplayName></Owner>';
    return `<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult ${NAMESPACE}>${owner}<Buckets>${buckets.join('')}</Buckets></ListAllMyBucketsResult>`;
  }
}

function isCreation({ method, key, query }: Pick<S3Request, 'method' | 'key' | 'query'>): boolean {
  return method === 'PUT' && key === '' && isPlain(query);
}

/** About the bucket itself, not its versioning, policy or the like. */
const isPlain = (query: URLSearchParams) => [...query.keys()].every((name) => /^x-(amz-|id$)/i.test(name));
