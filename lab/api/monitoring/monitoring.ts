import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refuseUnverified } from '../account/account-options';
import type { Api } from '../api';
import { found } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { ALERT_POLICIES, type AlertPolicy } from './stored-alert-policy';

const under = (prefix: string, names: readonly string[]) => names.map((name) => `${prefix}/${name}`);
const TYPES = [
  ...under('v1/insights/droplet', [
    'load_1',
    'load_5',
    'load_15',
    'memory_utilization_percent',
    'disk_utilization_percent',
    'cpu',
    'disk_read',
    'disk_write',
    'public_outbound_bandwidth',
    'public_inbound_bandwidth',
    'private_outbound_bandwidth',
    'private_inbound_bandwidth',
  ]),
  ...under('v1/insights/lbaas', [
    'avg_cpu_utilization_percent',
    'connection_utilization_percent',
    'droplet_health',
    'tls_connections_per_second_utilization_percent',
    'increase_in_http_error_rate_percentage_5xx',
    'increase_in_http_error_rate_percentage_4xx',
    'increase_in_http_error_rate_count_5xx',
    'increase_in_http_error_rate_count_4xx',
    'high_http_request_response_time',
    'high_http_request_response_time_50p',
    'high_http_request_response_time_95p',
    'high_http_request_response_time_99p',
  ]),
  ...under('v1/droplet/autoscale_alerts', [
    'current_instances',
    'target_instances',
    'current_cpu_utilization',
    'target_cpu_utilization',
    'current_memory_utilization',
    'target_memory_utilization',
    'scale_up',
    'scale_down',
  ]),
  ...under('v1/dbaas/alerts', [
    'load_15_alerts',
    'memory_utilization_alerts',
    'disk_utilization_alerts',
    'cpu_alerts',
  ]),
];

/** The same under droplets' alerts and under uptime alerts. */
export const slackTargets = z.array(z.strictObject({ channel: z.string(), url: z.string() }));

const answer = openapi(
  z.strictObject({
    uuid: z.string(),
    type: z.string(),
    description: z.string(),
    compare: z.enum(['GreaterThan', 'LessThan']),
    value: z.number(),
    window: z.enum(['5m', '10m', '30m', '1h']),
    entities: z.array(z.string()),
    tags: z.array(z.string()),
    alerts: z.strictObject({ email: z.array(z.string()), slack: slackTargets }),
    enabled: z.boolean(),
  }),
  'alert policy',
);
const onePolicy = openapi(z.strictObject({ policy: answer }));
const body = openapi(
  z.strictObject({
    type: z.enum(TYPES as [string, ...string[]]),
    description: z.string(),
    compare: z.enum(['GreaterThan', 'LessThan']),
    value: z.number().min(0),
    window: z.enum(['5m', '10m', '30m', '1h']),
    entities: z.array(z.string()).nullish(),
    tags: z.array(z.string()).nullish(),
    alerts: z.strictObject({ email: z.array(z.string()).nullish(), slack: slackTargets.nullish() }),
    enabled: z.boolean().nullish(),
  }),
);

function policyOf(uuid: string, given: z.infer<typeof body>): AlertPolicy {
  return {
    uuid,
    type: given.type,
    description: given.description,
    compare: given.compare,
    value: given.value,
    window: given.window,
    entities: given.entities ?? [],
    tags: given.tags ?? [],
    alerts: { email: given.alerts.email ?? [], slack: given.alerts.slack ?? [] },
    enabled: given.enabled ?? true,
  };
}

export function monitoringRoutes(api: Api): Route[] {
  const { cloud } = api;
  const policyOfCall = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(ALERT_POLICIES).get(params.alert_uuid ?? ''));
  return [
    list({
      call: 'GET /v2/monitoring/alerts',
      operation: 'monitoring_list_alertPolicy',
      scopes: [['monitoring:read']],
      key: 'policies',
      item: answer,
      all: () => cloud.of(ALERT_POLICIES).values(),
      view: (policy) => policy,
      guesses: ['404 with a slash at the end of the path: users report only that it is not the list.'],
    }),
    route({
      call: 'POST /v2/monitoring/alerts',
      operation: 'monitoring_create_alertPolicy',
      scopes: [['monitoring:create']],
      body,
      status: 200,
      answer: onePolicy,
      guesses: [
        'Entities and tags are not looked up, and addresses only where verified ones are named: 400 for others, as uptime alerts have it. Lists and enabled may be left out.',
      ],
      handle: (call) => {
        refuseUnverified(api.options.account, 'alerts.email', call.body.alerts.email);
        const uuid = randomUUID();
        return { policy: cloud.of(ALERT_POLICIES).set(uuid, policyOf(uuid, call.body)) };
      },
    }),
    route({
      call: 'GET /v2/monitoring/alerts/:alert_uuid',
      operation: 'monitoring_get_alertPolicy',
      scopes: [['monitoring:read']],
      status: 200,
      answer: onePolicy,
      handle: (call) => ({ policy: policyOfCall(call) }),
    }),
    route({
      call: 'PUT /v2/monitoring/alerts/:alert_uuid',
      operation: 'monitoring_update_alertPolicy',
      scopes: [['monitoring:update']],
      body,
      status: 200,
      answer: onePolicy,
      handle: (call) => {
        refuseUnverified(api.options.account, 'alerts.email', call.body.alerts.email);
        const { uuid } = policyOfCall(call);
        return { policy: cloud.of(ALERT_POLICIES).set(uuid, policyOf(uuid, call.body)) };
      },
    }),
    route({
      call: 'DELETE /v2/monitoring/alerts/:alert_uuid',
      operation: 'monitoring_delete_alertPolicy',
      scopes: [['monitoring:delete']],
      status: 204,
      handle: (call) => cloud.of(ALERT_POLICIES).delete(policyOfCall(call).uuid),
    }),
  ];
}
