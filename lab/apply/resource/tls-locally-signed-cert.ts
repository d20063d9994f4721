import type { ResourceType } from '../resource-type';
import { certificateAttributes, readCertificate } from './tls-certificate';
import { issue, issueOptions, openssl } from './tls-openssl';
import { algorithmOf } from './tls-private-key';

const pem = { type: 'string', required: true, forcesReplacement: true } as const;

/** Lives in the state alone. */
export const tlsLocallySignedCert: ResourceType = {
  schema: {
    cert_request_pem: pem,
    ca_private_key_pem: pem,
    ca_cert_pem: pem,
    ...issue,
    ca_key_algorithm: { type: 'string', readOnly: true },
  },

  async create(_context, desired) {
    const key = String(desired.ca_private_key_pem);
    const files = {
      'request.pem': String(desired.cert_request_pem),
      'authority.pem': String(desired.ca_cert_pem),
      'key.pem': key,
    };
    const options = [
      ...['-x509', '-in', 'request.pem', '-CA', 'authority.pem', '-CAkey', 'key.pem', '-sha256'],
      ...['-copy_extensions', 'copy', ...issueOptions(desired), '-addext', 'authorityKeyIdentifier=keyid'],
    ];
    const certificate = await openssl(files, options);
    return { ...certificateAttributes(certificate), ca_key_algorithm: algorithmOf(key) };
  },

  read: readCertificate,

  async delete() {},
};
