import { randomUUID } from 'node:crypto';
import type { ResourceType } from '../resource-type';

/** Terraform's own: lives in the state alone, for what is run when it is made anew. */
export const terraformData: ResourceType = {
  schema: {
    input: { type: 'any' },
    triggers_replace: { type: 'any', forcesReplacement: true },
    output: { type: 'any', readOnly: true },
  },

  async create(_context, desired) {
    return { id: randomUUID(), output: desired.input ?? null };
  },

  async read(_api, prior) {
    return { output: prior.input ?? null };
  },

  async update() {},

  async delete() {},
};
