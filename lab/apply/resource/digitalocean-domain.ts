import type { ResourceType } from '../resource-type';

interface Domain {
  readonly name: string;
  readonly ttl: number;
}

export const domain: ResourceType = {
  schema: {
    name: { type: 'string', required: true, forcesReplacement: true },
    urn: { type: 'string', readOnly: true },
    ttl: { type: 'number', readOnly: true },
  },

  async create({ client }, { name }) {
    const { domain } = await client.post<{ domain: Domain }>('/domains', { name });
    return { id: domain.name };
  },

  async read(api, { id }) {
    const found = await api.get<{ domain: Domain }>(`/domains/${id}`);
    return found && { name: found.domain.name, urn: `do:domain:${id}`, ttl: found.domain.ttl };
  },

  async delete({ client }, { id }) {
    await client.delete(`/domains/${id}`);
  },
};
