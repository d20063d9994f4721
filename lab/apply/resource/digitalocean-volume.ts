import type { ResourceType } from '../resource-type';
import { retag } from './tagging';

interface Volume {
  readonly id: string;
  readonly name: string;
  readonly region: { readonly slug: string };
  readonly size_gigabytes: number;
  readonly description: string;
  readonly tags: readonly string[];
}

/** The provider waits so long for an action on a volume, whatever `timeouts` says. */
const RESIZE_TIMEOUT = 10 * 60_000;

export const volume: ResourceType = {
  schema: {
    name: { type: 'string', required: true, forcesReplacement: true },
    region: { type: 'string', required: true, forcesReplacement: true },
    size: { type: 'number', required: true },
    description: { type: 'string', forcesReplacement: true },
    initial_filesystem_type: { type: 'string', forcesReplacement: true },
    initial_filesystem_label: { type: 'string', forcesReplacement: true },
    tags: { type: { set: 'string' } },
    urn: { type: 'string', readOnly: true },
  },

  async create({ client }, desired) {
    const { volume } = await client.post<{ volume: Volume }>('/volumes', {
      region: desired.region,
      name: desired.name,
      description: desired.description,
      size_gigabytes: desired.size,
      snapshot_id: '',
      filesystem_type: desired.initial_filesystem_type,
      filesystem_label: desired.initial_filesystem_label,
      tags: desired.tags,
    });
    return { id: volume.id };
  },

  async read(api, { id }) {
    const found = await api.get<{ volume: Volume }>(`/volumes/${id}`);
    if (!found) return undefined;
    const { name, region, size_gigabytes, description, tags } = found.volume;
    return { name, region: region.slug, size: size_gigabytes, description, tags, urn: `do:volume:${id}` };
  },

  async update({ client }, change) {
    const { prior, desired, changed } = change;
    if (changed.has('size')) {
      const body = { type: 'resize', size_gigabytes: desired.size, region: desired.region };
      await client.act(`/volumes/${prior.id}/actions`, body, RESIZE_TIMEOUT);
    }
    if (changed.has('tags')) await retag(client, 'volume', change);
  },

  async delete({ client }, { id }) {
    await client.delete(`/volumes/${id}`);
  },
};
