import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment, type Json } from './testing/deployment';
import { tlsStack } from './testing/tls-stack';

let deployment: Deployment;

beforeEach(async () => {
  deployment = await Deployment.start();
});

afterEach(() => deployment.end());

const certificate = (pem: unknown) => new X509Certificate(String(pem));

test("an authority's certificate and the one that it signs are real, and stay", async () => {
  const { authority, server, key, encoded } = await deployment.apply(tlsStack());
  const signed = certificate(server);
  expect(signed.verify(certificate(authority).publicKey)).toBe(true);
  expect(signed.checkPrivateKey(createPrivateKey(String(key)))).toBe(true);
  expect(signed.subjectAltName).toBe('DNS:database, DNS:db.example.org, IP Address:10.20.0.5');
  expect(certificate(authority).subject).toBe('O=Foobar\nCN=an authority/of \\+ ours');
  expect(Buffer.from(String(encoded), 'base64').toString()).toBe(key);
  expect(await deployment.plan(tlsStack())).toEqual([]);
});

test('a strict client verifies them, by name', async () => {
  const { authority, server } = await deployment.apply(tlsStack());
  const paths = { authority: join(deployment.folder, 'a.pem'), server: join(deployment.folder, 's.pem') };
  writeFileSync(paths.authority, String(authority));
  writeFileSync(paths.server, String(server));
  const verify = (name: string) =>
    spawnSync('openssl', [
      ...['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', name],
      ...['-CAfile', paths.authority, paths.server],
    ]).status;
  expect(verify('database')).toBe(0);
  expect(verify('other')).not.toBe(0);
});

test('another validity or subject makes a new certificate, and all that rests on it', async () => {
  await deployment.apply(tlsStack());
  const stack = tlsStack();
  stack.resource.tls_self_signed_cert.authority.subject[0].common_name = 'another';
  expect(await deployment.plan(stack)).toEqual([
    'replace tls_self_signed_cert.authority (subject)',
    'replace tls_locally_signed_cert.server (ca_cert_pem)',
  ]);
});

test('one that has ended is made anew', async () => {
  const { authority } = await deployment.apply(tlsStack());
  const end = Date.parse(certificate(authority).validTo);
  jest.spyOn(Date, 'now').mockReturnValue(end + 1);
  try {
    expect(await deployment.plan(tlsStack())).toEqual(
      expect.arrayContaining([expect.stringContaining('tls_self_signed_cert.authority')]),
    );
  } finally {
    jest.restoreAllMocks();
  }
});

test.each([
  [
    'tls_private_key',
    { algorithm: 'DSA' },
    '"DSA" is no algorithm of keys; there are RSA, ECDSA and ED25519',
  ],
  [
    'tls_private_key',
    { algorithm: 'ECDSA', ecdsa_curve: 'P1' },
    '"P1" is no curve; there are P224, P256, P384, P521',
  ],
])('%s refuses %j', async (type, wrong, sentence) => {
  const stack: Json = { resource: { [type]: { it: wrong } } };
  await expect(deployment.apply(stack)).rejects.toThrow(sentence);
});
