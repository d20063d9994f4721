import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refuseUnverified } from '../account/account-options';
import type { Api } from '../api';
import { slackTargets } from '../monitoring/monitoring';
import { found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { UPTIME_ALERTS, type UptimeAlert, type UptimeCheck } from './stored-uptime-check';

const TYPES = ['latency', 'down', 'down_global', 'ssl_expiry'] as const;
const COMPARISONS = ['greater_than', 'less_than'] as const;
const PERIODS = ['2m', '3m', '5m', '10m', '15m', '30m', '1h'] as const;

const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    type: z.enum(TYPES),
    threshold: z.int().optional(),
    comparison: z.enum(COMPARISONS).optional(),
    notifications: z.strictObject({ email: z.array(z.string()), slack: slackTargets }),
    period: z.enum(PERIODS).optional(),
  }),
  'uptime alert',
);
const oneAlert = openapi(z.strictObject({ alert: answer }));
const updateBody = openapi(
  z.strictObject({
    name: z.string().min(1),
    type: z.enum(TYPES),
    threshold: z.int().min(0).nullish(),
    comparison: z.enum([...COMPARISONS, '']).nullish(),
    notifications: z.strictObject({ email: z.array(z.string()).nullish(), slack: slackTargets.nullish() }),
    period: z.enum([...PERIODS, '']).nullish(),
  }),
);

const createBody = openapi(z.strictObject({ id: z.string().nullish(), ...updateBody.shape }));

const view = ({ checkId: _, ...alert }: UptimeAlert) => alert;

/** @throws 422 when a limit misses its comparison or its threshold */
function alertOf(id: string, checkId: string, given: z.infer<typeof updateBody>): UptimeAlert {
  const isLimit = given.type === 'latency' || given.type === 'ssl_expiry';
  if (isLimit && (!given.threshold || !given.comparison))
    throw unprocessable(`An alert of type ${given.type} needs a threshold and a comparison.`);
  return {
    id,
    checkId,
    name: given.name,
    type: given.type,
    ...(given.threshold ? { threshold: given.threshold } : {}),
    ...(given.comparison ? { comparison: given.comparison } : {}),
    notifications: { email: given.notifications.email ?? [], slack: given.notifications.slack ?? [] },
    ...(given.period ? { period: given.period } : {}),
  };
}

export function uptimeAlertRoutes(api: Api, checkOf: (call: Pick<Call, 'params'>) => UptimeCheck): Route[] {
  const { cloud } = api;
  const alertOfCall = (call: Pick<Call, 'params'>) => {
    const alert = cloud.of(UPTIME_ALERTS).get(call.params.alert_id ?? '');
    return found(alert?.checkId === checkOf(call).id ? alert : undefined);
  };
  return [
    list({
      call: 'GET /v2/uptime/checks/:check_id/alerts',
      operation: 'uptime_list_alerts',
      scopes: [['uptime:read']],
      key: 'alerts',
      item: answer,
      all: (call) => cloud.of(UPTIME_ALERTS).byCheck.get(checkOf(call).id),
      view,
    }),
    route({
      call: 'POST /v2/uptime/checks/:check_id/alerts',
      operation: 'uptime_create_alert',
      scopes: [['uptime:create', 'uptime:update']],
      body: createBody,
      status: 201,
      answer: oneAlert,
      guesses: [
        'An empty threshold, comparison or period (the provider sends them) counts as left out, and is left out of the answer.',
        'latency and ssl_expiry need threshold and comparison.',
        'Addresses are looked up only where verified ones are named; the 400 for others was seen by users.',
      ],
      handle: (call) => {
        refuseUnverified(api.options.account, 'notifications.email', call.body.notifications.email);
        const id = randomUUID();
        return { alert: view(cloud.of(UPTIME_ALERTS).set(id, alertOf(id, checkOf(call).id, call.body))) };
      },
    }),
    route({
      call: 'GET /v2/uptime/checks/:check_id/alerts/:alert_id',
      operation: 'uptime_get_alert',
      scopes: [['uptime:read']],
      status: 200,
      answer: oneAlert,
      handle: (call) => ({ alert: view(alertOfCall(call)) }),
    }),
    route({
      call: 'PUT /v2/uptime/checks/:check_id/alerts/:alert_id',
      operation: 'uptime_update_alert',
      scopes: [['uptime:update']],
      body: updateBody,
      status: 200,
      answer: oneAlert,
      handle: (call) => {
        refuseUnverified(api.options.account, 'notifications.email', call.body.notifications.email);
        const { id, checkId } = alertOfCall(call);
        return { alert: view(cloud.of(UPTIME_ALERTS).set(id, alertOf(id, checkId, call.body))) };
      },
    }),
    route({
      call: 'DELETE /v2/uptime/checks/:check_id/alerts/:alert_id',
      operation: 'uptime_delete_alert',
      scopes: [['uptime:delete', 'uptime:update']],
      status: 204,
      handle: (call) => cloud.of(UPTIME_ALERTS).delete(alertOfCall(call).id),
    }),
  ];
}
