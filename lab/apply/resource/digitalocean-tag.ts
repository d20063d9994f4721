import type { ResourceType } from '../resource-type';

export const tag: ResourceType = {
  schema: { name: { type: 'string', required: true, forcesReplacement: true } },

  async create({ client }, { name }) {
    const { tag } = await client.post<{ tag: { name: string } }>('/tags', { name });
    return { id: tag.name };
  },

  async read(api, { id }) {
    const found = await api.get<{ tag: { name: string } }>(`/tags/${id}`);
    return found && { name: found.tag.name };
  },

  async delete({ client }, { id }) {
    await client.delete(`/tags/${id}`);
  },
};
