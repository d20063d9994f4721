import type { Notifications } from '../monitoring/stored-alert-policy';
import { Table } from '../server/store';

export interface UptimeCheck {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly regions: readonly string[];
  readonly enabled: boolean;
  readonly createdAt: string;
}

export interface UptimeAlert {
  readonly id: string;
  readonly checkId: string;
  readonly name: string;
  readonly type: string;
  readonly threshold?: number;
  readonly comparison?: string;
  readonly notifications: Notifications;
  readonly period?: string;
}

export const UPTIME_CHECKS = new Table<string, UptimeCheck>('uptime_checks');
export const UPTIME_ALERTS = new Table<string, UptimeAlert, 'byCheck'>('uptime_alerts', {
  byCheck: ({ checkId }) => [checkId],
});
