import { randomInt } from 'node:crypto';
import type { Attributes, ResourceType } from '../resource-type';

/** Terraform's alphabets. */
const CLASSES = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  numeric: '0123456789',
  special: '!@#$%&*()-_=+[]{}<>:?',
};

/** Lives in the state alone: no API knows it. */
export const randomPassword: ResourceType = {
  schema: {
    length: { type: 'number', required: true, forcesReplacement: true },
    upper: { type: 'bool', default: true, forcesReplacement: true },
    lower: { type: 'bool', default: true, forcesReplacement: true },
    numeric: { type: 'bool', default: true, forcesReplacement: true },
    special: { type: 'bool', default: true, forcesReplacement: true },
    result: { type: 'string', readOnly: true },
  },

  async create(_context, desired) {
    return { id: 'none', result: password(desired) };
  },

  async read() {
    return {};
  },

  async delete() {},
};

function password(desired: Attributes): string {
  const alphabet = Object.entries(CLASSES)
    .filter(([name]) => desired[name])
    .map(([, characters]) => characters)
    .join('');
  if (alphabet === '') throw new Error('a password needs at least one class of characters');
  const pick = () => alphabet[randomInt(alphabet.length)];
  return Array.from({ length: Number(desired.length) }, pick).join('');
}
