import type { Attributes, ResourceType } from '../resource-type';
import { fromApi, type Notifications, notificationType, toApi } from './notification';

interface Alert {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly threshold: number;
  readonly comparison: string;
  readonly period: string;
  readonly notifications: Notifications;
}

export const uptimeAlert: ResourceType = {
  schema: {
    name: { type: 'string', required: true },
    // The provider changes it in place, which makes the alert unreachable; only a new alert belongs to another check.
    check_id: { type: 'string', required: true, forcesReplacement: true },
    type: { type: 'string', required: true },
    threshold: { type: 'number' },
    comparison: { type: 'string' },
    period: { type: 'string' },
    notifications: { type: notificationType, required: true },
  },

  async create({ client }, desired) {
    const check = desired.check_id ?? null;
    const path = `/uptime/checks/${check}/alerts`;
    const { alert } = await client.post<{ alert: Alert }>(path, request(desired));
    return { id: alert.id, check_id: check };
  },

  async read(api, prior) {
    const found = await api.get<{ alert: Alert }>(path(prior));
    if (!found) return undefined;
    const { name, type, threshold, comparison, period, notifications } = found.alert;
    return { name, type, threshold, comparison, period, notifications: fromApi(notifications) };
  },

  async update({ client }, { prior, desired }) {
    await client.put(path(prior), request(desired));
  },

  async delete({ client }, prior) {
    await client.delete(path(prior));
  },
};

function path({ check_id, id }: Attributes): string {
  return `/uptime/checks/${check_id}/alerts/${id}`;
}

function request({ name, type, threshold, comparison, period, notifications }: Attributes): object {
  return { name, type, threshold, comparison, period, notifications: toApi(notifications) };
}
