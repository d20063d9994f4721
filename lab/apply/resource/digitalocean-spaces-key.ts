import type { Attributes, ResourceType } from '../resource-type';

interface Key {
  readonly name: string;
  readonly access_key: string;
  readonly grants: readonly { readonly bucket: string; readonly permission: string }[];
  readonly created_at: string;
}

export const spacesKey: ResourceType = {
  schema: {
    name: { type: 'string', required: true },
    grant: { type: { list: { object: { bucket: 'string', permission: 'string' } } } },
    access_key: { type: 'string', readOnly: true },
    secret_key: { type: 'string', readOnly: true },
    created_at: { type: 'string', readOnly: true },
  },

  async create({ client }, desired) {
    const { key } = await client.post<{ key: Key & { secret_key: string } }>(
      '/spaces/keys',
      request(desired),
    );
    return { id: key.access_key, secret_key: key.secret_key };
  },

  async read(api, { id }) {
    const found = await api.get<{ key: Key }>(`/spaces/keys/${id}`);
    if (!found) return undefined;
    const { name, access_key, grants, created_at } = found.key;
    return {
      name,
      grant: grants.map(({ bucket, permission }) => ({ bucket, permission })),
      access_key,
      created_at,
    };
  },

  async update({ client }, { prior, desired }) {
    await client.put(`/spaces/keys/${prior.id}`, request(desired));
  },

  async delete({ client }, { id }) {
    await client.delete(`/spaces/keys/${id}`);
  },
};

const request = ({ name, grant }: Attributes) => ({ name, grants: grant });
