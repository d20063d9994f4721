import { hasFullAccess, type SpacesKey } from '../../api/spaces-key/stored-spaces-key';
import { isSignedWith, type Signature, type SignedRequest, signatureOf } from '../../common/aws-signature';
import { accessDenied, S3Error } from './s3-error';
import type { S3Request } from './s3-request';

/** A key by its id; undefined when there is none, or none any longer. */
export type FindKey = (accessKey: string) => SpacesKey | undefined;

/** What may be read of a bucket, besides the list of its objects, by a key that may read its objects. */
const READABLE = ['location', 'versioning', 'versions', 'uploads'];

/** Parameters of a request for a list. */
const LISTING = /^(list-type|prefix|delimiter|marker|max-keys|max-uploads|start-after|continuation-token|fetch-owner|encoding-type|key-marker|version-id-marker|upload-id-marker|x-id|x-amz-.*)$/i; // biome-ignore format: one line

/** So far may the clock of who asks be from ours. Milliseconds. */
const LARGEST_SKEW = 15 * 60_000;

/**
 * The key that signed a request.
 *
 * @throws S3Error 403 when none did, or not in time
 */
export function signer(request: SignedRequest, find: FindKey, now = Date.now()): SpacesKey {
  const signature = signatureOf(request);
  if (!signature) throw isOld(request) ? oldSignature() : accessDenied();
  checkTime(signature, now);
  const key = find(signature.accessKey);
  if (!key)
    throw new S3Error(
      403,
      'InvalidAccessKeyId',
      'The access key id you provided does not exist in our records.',
    );
  if (!isSignedWith(key.secretKey, request, signature))
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  return key;
}

/** Whether it is signed in the way that Amazon gave up: Spaces takes that, too. */
const isOld = ({ path, headers }: SignedRequest) =>
  /^AWS /.test(String(headers.authorization)) || /[?&]AWSAccessKeyId=/.test(path);

const oldSignature = () =>
  new S3Error(
    400,
    'InvalidRequest',
    'The lab knows no signatures of version 2: please use AWS4-HMAC-SHA256.',
  );

function checkTime({ date, expires }: Signature, now: number): void {
  const signed = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const [first, last] = [
    signed - LARGEST_SKEW,
    signed + (expires === undefined ? LARGEST_SKEW : expires * 1000),
  ];
  if (now >= first && now <= last) return;
  throw expires === undefined
    ? new S3Error(
        403,
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
      )
    : accessDenied();
}

/** @throws S3Error 403 when the grants of a key do not cover a request */
export function checkGrants(key: SpacesKey, request: S3Request): void {
  if (hasFullAccess(key)) return;
  const { bucket, copyOf } = request;
  const may = (where: string | undefined, permissions: readonly string[]) =>
    key.grants.some((grant) => grant.bucket === where && permissions.includes(grant.permission));
  const needed = permissionFor(request);
  if (needed === undefined || !may(bucket, needed)) throw accessDenied();
  if (copyOf !== undefined && !may(copyOf, ['read', 'readwrite'])) throw accessDenied();
}

/** Which grants of a bucket suffice; undefined when none does: the bucket itself is for full access. */
function permissionFor({ method, bucket, key, query }: S3Request): readonly string[] | undefined {
  if (bucket === undefined) return undefined;
  const reads = method === 'GET' || method === 'HEAD';
  if (key !== '') return reads ? ['read', 'readwrite'] : ['readwrite'];
  if (method === 'POST' && query.has('delete')) return ['readwrite'];
  const isList = [...query.keys()].every((name) => READABLE.includes(name) || LISTING.test(name));
  return reads && isList ? ['read', 'readwrite'] : undefined;
}
