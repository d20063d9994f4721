import type { ResourceType } from '../resource-type';

interface Volume {
  readonly droplet_ids: readonly number[];
}

const TIMEOUT = 10 * 60_000;

export const volumeAttachment: ResourceType = {
  schema: {
    volume_id: { type: 'string', required: true, forcesReplacement: true },
    droplet_id: { type: 'number', required: true, forcesReplacement: true },
  },
  timeouts: { create: TIMEOUT, delete: TIMEOUT },

  async create({ client, timeout }, desired) {
    const { volume_id, droplet_id } = desired;
    await client.act(`/volumes/${volume_id}/actions`, { type: 'attach', droplet_id }, timeout);
    return { ...desired, id: `${droplet_id}-${volume_id}` };
  },

  async read(api, prior) {
    const { volume_id, droplet_id } = prior;
    const found = await api.get<{ volume: Volume }>(`/volumes/${volume_id}`);
    return found?.volume.droplet_ids.includes(Number(droplet_id)) ? prior : undefined;
  },

  async delete(context, prior) {
    if (!(await this.read(context.client, prior, context.spaces))) return;
    const body = { type: 'detach', droplet_id: prior.droplet_id };
    await context.client.act(`/volumes/${prior.volume_id}/actions`, body, context.timeout);
  },
};
