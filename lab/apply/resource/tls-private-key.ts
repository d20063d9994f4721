import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import type { Attributes, ResourceType } from '../resource-type';

const CURVES: Readonly<Record<string, string>> = {
  P224: 'secp224r1',
  P256: 'prime256v1',
  P384: 'secp384r1',
  P521: 'secp521r1',
};

/** Lives in the state alone, as in Terraform's. OpenSSH's own formats are left out. */
export const tlsPrivateKey: ResourceType = {
  schema: {
    algorithm: { type: 'string', required: true, forcesReplacement: true },
    ecdsa_curve: { type: 'string', default: 'P224', forcesReplacement: true },
    rsa_bits: { type: 'number', default: 2048, forcesReplacement: true },
    private_key_pem: { type: 'string', readOnly: true },
    private_key_pem_pkcs8: { type: 'string', readOnly: true },
    public_key_pem: { type: 'string', readOnly: true },
  },

  async create(_context, desired) {
    const key = newKey(desired);
    const publicKey = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
    return {
      id: createHash('sha1').update(publicKey).digest('hex'),
      private_key_pem: traditionalPem(key),
      private_key_pem_pkcs8: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      public_key_pem: publicKey,
    };
  },

  async read() {
    return {};
  },

  async delete() {},
};

/** What the provider calls the algorithm of a key. */
export function algorithmOf(pem: string): string {
  const type = createPrivateKey(pem).asymmetricKeyType;
  return type === 'ec' ? 'ECDSA' : String(type).toUpperCase();
}

function newKey({ algorithm, ecdsa_curve, rsa_bits }: Attributes): KeyObject {
  switch (algorithm) {
    case 'RSA':
      return generateKeyPairSync('rsa', { modulusLength: Number(rsa_bits) }).privateKey;
    case 'ECDSA': {
      const namedCurve = CURVES[String(ecdsa_curve)];
      if (!namedCurve) {
        throw new Error(`"${ecdsa_curve}" is no curve; there are ${Object.keys(CURVES).join(', ')}`);
      }
      return generateKeyPairSync('ec', { namedCurve }).privateKey;
    }
    case 'ED25519':
      return generateKeyPairSync('ed25519').privateKey;
    default:
      throw new Error(`"${algorithm}" is no algorithm of keys; there are RSA, ECDSA and ED25519`);
  }
}

/** The format that is as old as the algorithm. */
function traditionalPem(key: KeyObject): string {
  const type = ({ rsa: 'pkcs1', ec: 'sec1' } as const)[key.asymmetricKeyType as 'rsa' | 'ec'] ?? 'pkcs8';
  return key.export({ format: 'pem', type }).toString();
}
