import type { ResourceType } from '../resource-type';

interface ReservedIp {
  readonly ip: string;
  readonly droplet: { readonly id: number } | null;
}

const TIMEOUT = 5 * 60_000;

export const reservedIpAssignment: ResourceType = {
  schema: {
    ip_address: { type: 'string', required: true, forcesReplacement: true },
    droplet_id: { type: 'number', required: true, forcesReplacement: true },
  },
  timeouts: { create: TIMEOUT, delete: TIMEOUT },

  async create({ client, timeout }, desired) {
    const { ip_address, droplet_id } = desired;
    await client.act(`/reserved_ips/${ip_address}/actions`, { type: 'assign', droplet_id }, timeout);
    return { ...desired, id: `${droplet_id}-${ip_address}` };
  },

  /** Whoever moved it since then took it away: then it is made again. */
  async read(api, prior) {
    const { ip_address, droplet_id } = prior;
    const found = await api.get<{ reserved_ip: ReservedIp }>(`/reserved_ips/${ip_address}`);
    return found?.reserved_ip.droplet?.id === droplet_id ? prior : undefined;
  },

  async delete(context, prior) {
    if (!(await this.read(context.client, prior, context.spaces))) return;
    await context.client.act(
      `/reserved_ips/${prior.ip_address}/actions`,
      { type: 'unassign' },
      context.timeout,
    );
  },
};
