import type { Attributes, ResourceType } from '../resource-type';

interface DomainRecord {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly data: string;
  readonly priority: number | null;
  readonly port: number | null;
  readonly ttl: number;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
}

/** The API gives the names in these records without their last dot, which the configuration has. */
const NAME_TYPES = ['CNAME', 'MX', 'NS', 'SRV', 'CAA'];

export const record: ResourceType = {
  schema: {
    type: { type: 'string', required: true, forcesReplacement: true },
    domain: { type: 'string', required: true, forcesReplacement: true },
    name: { type: 'string', required: true },
    value: { type: 'string', required: true },
    ttl: { type: 'number', computed: true },
    priority: { type: 'number' },
    port: { type: 'number' },
    weight: { type: 'number' },
    flags: { type: 'number' },
    tag: { type: 'string' },
    fqdn: { type: 'string', readOnly: true },
  },

  async create({ client }, desired) {
    const body = { type: desired.type, ...fields(desired) };
    const { domain_record } = await client.post<{ domain_record: DomainRecord }>(
      `/domains/${desired.domain}/records`,
      body,
    );
    return { id: String(domain_record.id), domain: desired.domain ?? null };
  },

  async read(api, prior) {
    const found = await api.get<{ domain_record: DomainRecord }>(path(prior));
    if (!found) return undefined;
    const { type, name, data, ttl, priority, port, weight, flags, tag } = found.domain_record;
    const dot = NAME_TYPES.includes(type) && data !== '@' && tag !== 'iodef' ? '.' : '';
    const fqdn = name === '@' ? prior.domain : `${name}.${prior.domain}`;
    return { type, name, value: data + dot, ttl, priority, port, weight, flags, tag, fqdn: fqdn ?? null };
  },

  async update({ client }, { prior, desired }) {
    await client.put(path(prior), fields(desired));
  },

  async delete({ client }, prior) {
    await client.delete(path(prior));
  },
};

function path({ domain, id }: Attributes): string {
  return `/domains/${domain}/records/${id}`;
}

function fields({ name, value, ttl, priority, port, weight, flags, tag }: Attributes): object {
  return { name, data: value, ttl: ttl || undefined, priority, port, weight, flags, tag: tag || undefined };
}
