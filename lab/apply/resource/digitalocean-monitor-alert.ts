import type { Attributes, ResourceType } from '../resource-type';
import { fromApi, type Notifications, notificationType, toApi } from './notification';

interface Policy {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly compare: string;
  readonly value: number;
  readonly window: string;
  readonly entities: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly alerts: Notifications;
  readonly enabled: boolean;
}

export const monitorAlert: ResourceType = {
  schema: {
    type: { type: 'string', required: true },
    description: { type: 'string', required: true },
    compare: { type: 'string', required: true },
    value: { type: 'number', required: true },
    window: { type: 'string', required: true },
    alerts: { type: notificationType, required: true },
    enabled: { type: 'bool', default: true },
    entities: { type: { set: 'string' } },
    tags: { type: { set: 'string' } },
  },

  async create({ client }, desired) {
    const { policy } = await client.post<{ policy: Policy }>('/monitoring/alerts', request(desired));
    return { id: policy.uuid };
  },

  async read(api, { id }) {
    const found = await api.get<{ policy: Policy }>(`/monitoring/alerts/${id}`);
    if (!found) return undefined;
    const { type, description, compare, value, window, entities, tags, alerts, enabled } = found.policy;
    return { type, description, compare, value, window, entities, tags, alerts: fromApi(alerts), enabled };
  },

  async update({ client }, { prior, desired }) {
    await client.put(`/monitoring/alerts/${prior.id}`, request(desired));
  },

  async delete({ client }, { id }) {
    await client.delete(`/monitoring/alerts/${id}`);
  },
};

function request({ type, description, compare, value, window, entities, tags, alerts, enabled }: Attributes) {
  return { type, description, compare, value, window, entities, tags, alerts: toApi(alerts), enabled };
}
