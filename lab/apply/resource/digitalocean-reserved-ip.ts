import type { ResourceType } from '../resource-type';

interface ReservedIp {
  readonly ip: string;
  readonly region: { readonly slug: string };
}

/** `droplet_id` is left out on purpose: an assignment by Terraform would undo a failover. */
export const reservedIp: ResourceType = {
  schema: {
    region: { type: 'string', required: true, forcesReplacement: true },
    ip_address: { type: 'string', readOnly: true },
    urn: { type: 'string', readOnly: true },
  },

  async create({ client }, { region }) {
    const { reserved_ip } = await client.post<{ reserved_ip: ReservedIp }>('/reserved_ips', { region });
    return { id: reserved_ip.ip };
  },

  async read(api, { id }) {
    const found = await api.get<{ reserved_ip: ReservedIp }>(`/reserved_ips/${id}`);
    if (!found) return undefined;
    const { ip, region } = found.reserved_ip;
    return { region: region.slug, ip_address: ip, urn: `do:reservedip:${ip}` };
  },

  async delete({ client }, { id }) {
    await client.delete(`/reserved_ips/${id}`);
  },
};
