import type { Attributes, ResourceType } from '../resource-type';
import type { Type } from '../schema';
import type { Known } from '../value';

interface Rule {
  readonly protocol: string;
  readonly ports?: string;
  readonly sources?: Ends;
  readonly destinations?: Ends;
}

/** What a rule may name at its other end. */
interface Ends {
  readonly addresses?: readonly string[];
  readonly tags?: readonly string[];
  readonly droplet_ids?: readonly number[];
}

interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly droplet_ids: readonly number[] | null;
  readonly tags: readonly string[] | null;
  readonly inbound_rules: readonly Rule[] | null;
  readonly outbound_rules: readonly Rule[] | null;
}

export const firewall: ResourceType = {
  schema: {
    name: { type: 'string', required: true },
    droplet_ids: { type: { set: 'number' } },
    tags: { type: { set: 'string' } },
    inbound_rule: { type: { set: ruleType('source') } },
    outbound_rule: { type: { set: ruleType('destination') } },
    status: { type: 'string', readOnly: true },
  },

  async create({ client }, desired) {
    const { firewall } = await client.post<{ firewall: Firewall }>('/firewalls', request(desired));
    return { id: firewall.id };
  },

  async read(api, { id }) {
    const found = await api.get<{ firewall: Firewall }>(`/firewalls/${id}`);
    if (!found) return undefined;
    const { name, status, droplet_ids, tags, inbound_rules, outbound_rules } = found.firewall;
    return {
      name,
      status,
      droplet_ids,
      tags,
      inbound_rule: (inbound_rules ?? []).map((rule) => fromApi(rule, 'source', rule.sources)),
      outbound_rule: (outbound_rules ?? []).map((rule) => fromApi(rule, 'destination', rule.destinations)),
    };
  },

  async update({ client }, { prior, desired }) {
    await client.put(`/firewalls/${prior.id}`, request(desired));
  },

  async delete({ client }, { id }) {
    await client.delete(`/firewalls/${id}`);
  },
};

type End = 'source' | 'destination';

function ruleType(end: End): Type {
  return {
    object: {
      protocol: 'string',
      port_range: 'string',
      [`${end}_addresses`]: { set: 'string' },
      [`${end}_tags`]: { set: 'string' },
      [`${end}_droplet_ids`]: { set: 'number' },
    },
  };
}

function request({ name, droplet_ids, tags, inbound_rule, outbound_rule }: Attributes): object {
  return {
    name,
    droplet_ids,
    tags,
    inbound_rules: rules(inbound_rule).map((rule) => ({ ...base(rule), sources: ends(rule, 'source') })),
    outbound_rules: rules(outbound_rule).map((rule) => ({
      ...base(rule),
      destinations: ends(rule, 'destination'),
    })),
  };
}

function rules(value: Known | undefined): readonly Attributes[] {
  return value as readonly Attributes[];
}

function base({ protocol, port_range }: Attributes): object {
  return { protocol, ports: port_range || undefined };
}

function ends(rule: Attributes, end: End): Ends {
  const entries = ['addresses', 'tags', 'droplet_ids'].map(
    (name) => [name, rule[`${end}_${name}`] as readonly Known[]] as const,
  );
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0));
}

/** The API answers "0" for all ports, and for ICMP, which has none. */
function fromApi({ protocol, ports }: Rule, end: End, ends: Ends = {}): Known {
  const port_range = ports === '0' ? (protocol === 'icmp' ? '' : 'all') : (ports ?? '');
  const others = Object.entries(ends).filter(([, values]) => values?.length > 0);
  return {
    protocol,
    port_range,
    ...Object.fromEntries(others.map(([name, values]) => [`${end}_${name}`, values])),
  };
}
