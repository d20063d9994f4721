import { Table } from '../server/store';

export interface SlackTarget {
  readonly channel: string;
  readonly url: string;
}

export interface Notifications {
  readonly email: readonly string[];
  readonly slack: readonly SlackTarget[];
}

export interface AlertPolicy {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly compare: string;
  readonly value: number;
  readonly window: string;
  readonly entities: readonly string[];
  readonly tags: readonly string[];
  readonly alerts: Notifications;
  readonly enabled: boolean;
}

export const ALERT_POLICIES = new Table<string, AlertPolicy>('alert_policies');
