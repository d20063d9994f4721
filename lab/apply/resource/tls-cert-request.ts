import { createHash } from 'node:crypto';
import type { ResourceType } from '../resource-type';
import { alternativeNameOptions, identity, openssl, subjectOptions } from './tls-openssl';
import { algorithmOf } from './tls-private-key';

/** Lives in the state alone. */
export const tlsCertRequest: ResourceType = {
  schema: { ...identity, cert_request_pem: { type: 'string', readOnly: true } },

  async create(_context, desired) {
    const key = String(desired.private_key_pem);
    const options = [
      '-new',
      '-key',
      'key.pem',
      ...subjectOptions(desired),
      ...alternativeNameOptions(desired),
    ];
    const request = await openssl({ 'key.pem': key }, options);
    return {
      id: createHash('sha1').update(request).digest('hex'),
      key_algorithm: algorithmOf(key),
      cert_request_pem: request,
    };
  },

  async read() {
    return {};
  },

  async delete() {},
};
