import type { ResourceType } from '../resource-type';
import { certificateAttributes, readCertificate } from './tls-certificate';
import {
  alternativeNameOptions,
  identity,
  issue,
  issueOptions,
  openssl,
  subjectOptions,
} from './tls-openssl';
import { algorithmOf } from './tls-private-key';

/** Lives in the state alone. */
export const tlsSelfSignedCert: ResourceType = {
  schema: { ...identity, ...issue, set_authority_key_id: { type: 'bool', forcesReplacement: true } },

  async create(_context, desired) {
    const key = String(desired.private_key_pem);
    const options = [
      ...['-x509', '-new', '-key', 'key.pem', '-sha256'],
      ...subjectOptions(desired),
      ...alternativeNameOptions(desired),
      ...issueOptions(desired),
      ...['-addext', `authorityKeyIdentifier=${desired.set_authority_key_id ? 'keyid:always' : 'none'}`],
    ];
    const certificate = await openssl({ 'key.pem': key }, options);
    return { ...certificateAttributes(certificate), key_algorithm: algorithmOf(key) };
  },

  read: readCertificate,

  async delete() {},
};
