import type { Attributes, ResourceType } from '../resource-type';

interface Check {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly regions: readonly string[];
  readonly enabled: boolean;
}

export const uptimeCheck: ResourceType = {
  schema: {
    name: { type: 'string', required: true },
    target: { type: 'string', required: true },
    type: { type: 'string', default: 'https' },
    regions: { type: { set: 'string' } },
    enabled: { type: 'bool', default: true },
  },

  async create({ client }, desired) {
    const { check } = await client.post<{ check: Check }>('/uptime/checks', request(desired));
    return { id: check.id };
  },

  async read(api, { id }) {
    const found = await api.get<{ check: Check }>(`/uptime/checks/${id}`);
    if (!found) return undefined;
    const { name, type, target, regions, enabled } = found.check;
    return { name, type, target, regions, enabled };
  },

  async update({ client }, { prior, desired }) {
    await client.put(`/uptime/checks/${prior.id}`, request(desired));
  },

  async delete({ client }, { id }) {
    await client.delete(`/uptime/checks/${id}`);
  },
};

function request({ name, type, target, regions, enabled }: Attributes): object {
  const some = Array.isArray(regions) && regions.length > 0;
  return { name, type, target, regions: some ? regions : null, enabled };
}
