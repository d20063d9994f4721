import { createPrivateKey, randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { DOMAINS } from '../domain/stored-domain';
import type { Cloud } from '../server/cloud';
import { unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { CERTIFICATES, type Certificate } from './stored-certificate';

const LETS_ENCRYPT_DAYS = 90;
const DAY = 24 * 60 * 60 * 1000;

export const createCertificateBody = openapi(
  z.strictObject({
    name: z.string().min(1).max(255),
    type: z.enum(['custom', 'lets_encrypt']).nullish(),
    dns_names: z.array(z.string()).nullish(),
    private_key: z.string().nullish(),
    leaf_certificate: z.string().nullish(),
    certificate_chain: z.string().nullish(),
  }),
);
type CreateBody = z.infer<typeof createCertificateBody>;
type Proof = Pick<Certificate, 'type' | 'state' | 'dnsNames' | 'notAfter' | 'sha1'>;

/** The certificate in a text. @throws 422 when it can't be read */
function parsed(text: string, field: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw unprocessable(`${field} is not a certificate in PEM format.`);
  }
}

function fits(certificate: X509Certificate, privateKey: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    throw unprocessable('private_key is not a private key in PEM format.');
  }
}

/** What an uploaded certificate says of itself. The key is not kept: no call shows it again. */
function uploaded({ private_key, leaf_certificate, certificate_chain }: CreateBody): Proof {
  if (!private_key) throw unprocessable('private_key is required for a custom certificate.');
  if (!leaf_certificate) throw unprocessable('leaf_certificate is required for a custom certificate.');
  const certificate = parsed(leaf_certificate, 'leaf_certificate');
  if (certificate_chain) parsed(certificate_chain, 'certificate_chain');
  if (!fits(certificate, private_key))
    throw unprocessable('private_key does not belong to leaf_certificate.');
  const names = [...(certificate.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)];
  return {
    type: 'custom',
    state: 'verified',
    dnsNames: names.map(([, name = '']) => name),
    notAfter: new Date(certificate.validTo).toISOString(),
    sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
  };
}

const isManaged = (cloud: Cloud, name: string) =>
  cloud
    .of(DOMAINS)
    .values()
    .some((domain) => name === domain.name || name.endsWith(`.${domain.name}`));

/** What Let's Encrypt would say, which nobody asks. */
function ordered(api: Api, dnsNames: readonly string[]): Proof {
  refuseOnHardware(api, "A certificate from Let's Encrypt");
  if (dnsNames.length === 0) throw unprocessable('dns_names is required for a lets_encrypt certificate.');
  const stranger = dnsNames.find((name) => !isManaged(api.cloud, name.replace(/^\*\./, '').toLowerCase()));
  if (stranger !== undefined)
    throw unprocessable(`${stranger} belongs to no domain that is managed by this account.`);
  return {
    type: 'lets_encrypt',
    state: 'pending',
    dnsNames,
    notAfter: new Date(Date.now() + LETS_ENCRYPT_DAYS * DAY).toISOString(),
    sha1: randomBytes(20).toString('hex'),
  };
}

/** @throws 422 for what is no certificate, a key of another one, or a name that is taken */
export function createCertificate(api: Api, body: CreateBody): Certificate {
  const { cloud } = api;
  const same = cloud
    .of(CERTIFICATES)
    .values()
    .some(({ name }) => name === body.name);
  if (same) throw unprocessable(`A certificate with the name ${body.name} already exists.`);
  const isOrdered = body.type === 'lets_encrypt';
  const proof = isOrdered ? ordered(api, body.dns_names ?? []) : uploaded(body);
  const id = randomUUID();
  return cloud
    .of(CERTIFICATES)
    .set(id, { id, name: body.name, ...proof, createdAt: new Date().toISOString() });
}
