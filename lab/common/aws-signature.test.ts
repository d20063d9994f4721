import { isSignedWith, type SignedRequest, signatureOf, signed } from './aws-signature';

/** Amazon's own examples, "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using Query Parameters". */
const KEY = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const CREDENTIAL = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function example(
  method: string,
  path: string,
  names: string,
  signature: string,
  headers: object,
): SignedRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${names},Signature=${signature}`;
  const common = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z', authorization };
  return { method, path, headers: { ...common, 'x-amz-content-sha256': EMPTY, ...headers } };
}

const GET_OBJECT = example(
  ...(['GET', '/test.txt', 'host;range;x-amz-content-sha256;x-amz-date'] as const),
  'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  { range: 'bytes=0-9' },
);
const EXAMPLES = {
  'of an object': GET_OBJECT,
  'with a name that is written in more than one way': example(
    ...(['PUT', '/test$file.text', 'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class'] as const),
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    },
  ),
  'with a parameter that has no value': example(
    ...(['GET', '/?lifecycle', 'host;x-amz-content-sha256;x-amz-date'] as const),
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    {},
  ),
  'of a list': example(
    ...(['GET', '/?max-keys=2&prefix=J', 'host;x-amz-content-sha256;x-amz-date'] as const),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    {},
  ),
  'that was presigned': {
    method: 'GET',
    path: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    headers: { host: 'examplebucket.s3.amazonaws.com' },
  },
};

function isBy(secretKey: string, request: SignedRequest): boolean {
  const signature = signatureOf(request);
  return signature !== undefined && isSignedWith(secretKey, request, signature);
}

test.each(Object.entries(EXAMPLES))(
  "Amazon's example of a request %s is signed with its secret, and no other",
  (_, request) => {
    expect(signatureOf(request)?.accessKey).toBe(KEY.accessKey);
    expect(isBy(KEY.secretKey, request)).toBe(true);
    expect(isBy('another', request)).toBe(false);
    expect(isBy(KEY.secretKey, { ...request, method: 'DELETE' })).toBe(false);
    expect(isBy(KEY.secretKey, { ...request, path: request.path.replace(/^\//, '/x') })).toBe(false);
  },
);

test('what is signed here is signed as Amazon says', () => {
  const { host, range } = GET_OBJECT.headers;
  const now = new Date('2013-05-24T00:00:00Z');
  const { authorization } = signed(
    KEY,
    { method: 'GET', path: '/test.txt', headers: { host, range } },
    '',
    now,
  );
  expect(authorization).toBe(String(GET_OBJECT.headers.authorization).replaceAll(',', ', '));
});

test('a request without a signature, or with one of another form, has none', () => {
  for (const authorization of [undefined, 'AWS AKIA:c2ln', 'AWS4-HMAC-SHA256 Credential=a', 'Bearer x'])
    expect(signatureOf({ method: 'GET', path: '/', headers: { authorization } })).toBeUndefined();
});
