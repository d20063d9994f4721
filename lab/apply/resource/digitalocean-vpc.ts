import { ApiRefusal } from '../client';
import { Refusal } from '../refusal';
import type { ResourceType } from '../resource-type';

interface Vpc {
  readonly id: string;
  readonly urn: string;
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly ip_range: string;
  readonly default: boolean;
}

export const vpc: ResourceType = {
  schema: {
    name: { type: 'string', required: true },
    region: { type: 'string', required: true, forcesReplacement: true },
    description: { type: 'string' },
    ip_range: { type: 'string', computed: true, forcesReplacement: true },
    urn: { type: 'string', readOnly: true },
    default: { type: 'bool', readOnly: true },
  },
  timeouts: { delete: 2 * 60_000 },

  async create({ client }, { name, region, description, ip_range }) {
    const body = { name, region, description: description || undefined, ip_range: ip_range || undefined };
    const { vpc } = await client.post<{ vpc: Vpc }>('/vpcs', body);
    return { id: vpc.id };
  },

  async read(api, { id }) {
    const found = await api.get<{ vpc: Vpc }>(`/vpcs/${id}`);
    if (!found) return undefined;
    const { name, region, description, ip_range, urn } = found.vpc;
    return { name, region, description, ip_range, urn, default: found.vpc.default };
  },

  async update({ client }, { prior, desired }) {
    const { name, description } = desired;
    await client.put(`/vpcs/${prior.id}`, { name, description, default: prior.default });
  },

  async delete({ client, timeout }, { id, name, region, default: isDefault }) {
    if (isDefault) {
      throw new Refusal([
        `the VPC ${name} is the default of ${region}, which can't be deleted: make another VPC the default first`,
      ]);
    }
    // Droplets leave the list of its members late, and until then it can't be deleted.
    await client.until(`deleting the VPC ${name}`, timeout, async () => {
      try {
        await client.delete(`/vpcs/${id}`);
        return true;
      } catch (error) {
        if (error instanceof ApiRefusal && [403, 409].includes(error.status)) return false;
        throw error;
      }
    });
  },
};
