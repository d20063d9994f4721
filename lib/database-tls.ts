import { CertRequest } from '@cdktf/provider-tls/lib/cert-request';
import { LocallySignedCert } from '@cdktf/provider-tls/lib/locally-signed-cert';
import { PrivateKey } from '@cdktf/provider-tls/lib/private-key';
import { SelfSignedCert } from '@cdktf/provider-tls/lib/self-signed-cert';
import { Construct } from 'constructs';
import type { Settings } from './settings';

/** By which every app knows the database, whichever droplet it is (scale-up-names). */
export const DATABASE_HOST = 'database';

/**
 * Twenty years. An end would cut every app off at a moment that nobody chose, and protects from nothing: whoever has the key has
 * Terraform's state, and with it the next key. Not longer, since dates from 2050 on are written in another way, which some old
 * clients don't read.
 */
const VALID_HOURS = 20 * 365 * 24;

const KEY = { algorithm: 'ECDSA', ecdsaCurve: 'P256' };

/** What an app verifies the database by: an authority of the stack's own, and the one certificate that it signs. */
export class DatabaseTls extends Construct {
  /** PEM, by reference; no secret. */
  readonly authority: string;
  /** PEM, by reference; no secret. */
  readonly certificate: string;
  /** PEM, by reference: for the database droplet alone. The authority's key never leaves Terraform's state. */
  readonly key: string;

  constructor(scope: Construct, id: string, { prefix }: Settings) {
    super(scope, id);
    const authorityKey = new PrivateKey(this, 'authority-key', KEY);
    const authority = new SelfSignedCert(this, 'authority', {
      privateKeyPem: authorityKey.privateKeyPem,
      subject: [{ commonName: `${prefix} database authority` }],
      isCaCertificate: true,
      // Without it OpenSSL in its strict mode, which Python uses, refuses the certificate.
      setSubjectKeyId: true,
      allowedUses: ['cert_signing'],
      validityPeriodHours: VALID_HOURS,
    });
    const key = new PrivateKey(this, 'key', KEY);
    const request = new CertRequest(this, 'request', {
      privateKeyPem: key.privateKeyPem,
      subject: [{ commonName: DATABASE_HOST }],
      dnsNames: [DATABASE_HOST],
    });
    const certificate = new LocallySignedCert(this, 'certificate', {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: authorityKey.privateKeyPem,
      caCertPem: authority.certPem,
      allowedUses: ['digital_signature', 'server_auth'],
      validityPeriodHours: VALID_HOURS,
    });
    this.authority = authority.certPem;
    this.certificate = certificate.certPem;
    this.key = key.privateKeyPem;
  }
}
