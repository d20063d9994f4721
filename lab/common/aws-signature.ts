import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A key of an S3 service. */
export interface S3Key {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string;
  /** With its query, as it is sent. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a request says of its signature, by header or, when it was presigned, in its query. */
export interface Signature {
  readonly accessKey: string;
  /** day/region/service/aws4_request */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** 20261129T120000Z */
  readonly date: string;
  /** Of what is sent, in hexadecimal, or a word that stands for it. */
  readonly payloadHash: string;
  /** Of a presigned request: seconds. */
  readonly expires?: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const EMPTY = createHash('sha256').digest('hex');

/** The signature that a request carries (AWS Signature Version 4); undefined when it has none of that form. */
export function signatureOf({ path, headers }: SignedRequest): Signature | undefined {
  const query = new URLSearchParams(queryOf(path));
  if (query.has('X-Amz-Signature')) return presigned(query);
  const header = String(headers.authorization ?? '');
  if (!header.startsWith(ALGORITHM)) return undefined;
  const fields = Object.fromEntries(
    header.slice(ALGORITHM.length).split(',').map((field) => field.trim().split(/=(.*)/s)), // biome-ignore format: one line
  );
  const date = String(headers['x-amz-date'] ?? '');
  if (!fields.Credential || !fields.SignedHeaders || !fields.Signature || date === '') return undefined;
  return {
    ...credential(fields.Credential),
    signedHeaders: fields.SignedHeaders.split(';'),
    signature: fields.Signature,
    date,
    payloadHash: String(headers['x-amz-content-sha256'] ?? EMPTY),
  };
}

/** Whether this secret made the signature. */
export function isSignedWith(secretKey: string, request: SignedRequest, signature: Signature): boolean {
  const expected = Buffer.from(sign(secretKey, request, signature));
  const given = Buffer.from(signature.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** The headers of a request with those by which it is signed, the host's among them. */
export function signed(
  { accessKey, secretKey }: S3Key,
  { method, path, headers }: SignedRequest,
  body: string,
  now = new Date(),
): Record<string, string | string[] | undefined> {
  const date = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const payloadHash = String(
    headers['x-amz-content-sha256'] ?? createHash('sha256').update(body).digest('hex'),
  );
  const all = { ...headers, 'x-amz-content-sha256': payloadHash, 'x-amz-date': date };
  const about = {
    scope: `${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
    signedHeaders: Object.keys(all).sort(),
    ...{ date, payloadHash },
  };
  const fields = [
    `Credential=${accessKey}/${about.scope}`,
    `SignedHeaders=${about.signedHeaders.join(';')}`,
    `Signature=${sign(secretKey, { method, path, headers: all }, about)}`,
  ];
  return { ...all, authorization: `${ALGORITHM} ${fields.join(', ')}` };
}

function presigned(query: URLSearchParams): Signature | undefined {
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  if (value('Algorithm') !== ALGORITHM) return undefined;
  return {
    ...credential(value('Credential')),
    signedHeaders: value('SignedHeaders').split(';'),
    signature: value('Signature'),
    date: value('Date'),
    payloadHash: UNSIGNED_PAYLOAD,
    expires: Number(value('Expires')),
  };
}

function credential(text: string): Pick<Signature, 'accessKey' | 'scope'> {
  const [accessKey = '', ...scope] = text.split('/');
  return { accessKey, scope: scope.join('/') };
}

type About = Pick<Signature, 'scope' | 'signedHeaders' | 'date' | 'payloadHash'>;

function sign(secretKey: string, request: SignedRequest, about: About): string {
  const { scope, date } = about;
  const hash = createHash('sha256').update(canonical(request, about)).digest('hex');
  const key = scope
    .split('/')
    .reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretKey}`));
  return hmac(key, [ALGORITHM, date, scope, hash].join('\n')).toString('hex');
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

function canonical({ method, path, headers }: SignedRequest, { signedHeaders, payloadHash }: About): string {
  const lines = signedHeaders.map((name) => `${name}:${trimmed(headers[name])}\n`);
  const [plain = ''] = path.split('?');
  const resource = plain.split('/').map((part) => encode(decodeURIComponent(part))).join('/'); // biome-ignore format: one line
  return [method, resource, canonicalQuery(path), lines.join(''), signedHeaders.join(';'), payloadHash].join(
    '\n',
  );
}

const trimmed = (value: string | string[] | undefined) => String(value ?? '').trim().replace(/ +/g, ' '); // biome-ignore format: one line

const queryOf = (path: string) => path.split(/\?(.*)/s)[1] ?? '';

function canonicalQuery(path: string): string {
  return [...new URLSearchParams(queryOf(path))]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** As the specification says: all but letters, digits and -._~ */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
