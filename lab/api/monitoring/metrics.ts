import { z } from 'zod';
import type { Api } from '../api';
import { DROPLETS } from '../droplet/stored-droplet';
import { targetsOf } from '../load-balancer/load-balancer-view';
import { LOAD_BALANCERS } from '../load-balancer/stored-load-balancer';
import { found } from '../server/errors';
import { idOf } from '../server/id';
import { guess, openapi } from '../server/provenance';
import { type Route, route } from '../server/route';
import { BALANCER_METRICS, DROPLET_METRICS } from './metric-names';

const series = z.strictObject({
  metric: guess('the names of the labels', z.record(z.string(), z.string())),
  values: z.array(z.tuple([z.int(), z.string()])),
});
const answer = openapi(
  z.strictObject({
    status: z.enum(['success', 'error']),
    data: z.strictObject({ resultType: z.literal('matrix'), result: z.array(series) }),
  }),
  'metrics',
);
type Series = z.infer<typeof series>;

const time = z.string().regex(/^\d{1,12}$/, 'must be a UNIX timestamp');
const window = { start: time, end: time };
const dropletQuery = openapi(z.object({ host_id: z.string(), ...window }));
const bandwidthQuery = openapi(
  z.object({
    ...dropletQuery.shape,
    interface: z.enum(['private', 'public']),
    direction: z.enum(['inbound', 'outbound']),
  }),
);
const balancerQuery = openapi(z.object({ lb_id: z.string(), ...window }));

const matrix = (result: readonly Series[] = []) => ({
  status: 'success',
  data: { resultType: 'matrix', result },
});
const isEmpty = ['Always empty: nothing is measured.'];
const scopes = [['monitoring:read']];

/** Whether a load balancer finds its targets healthy, at the end of the window that is asked for. */
function healthChecks({ cloud, health }: Api, id: string, end: string): Series[] {
  const balancer = found(cloud.of(LOAD_BALANCERS).get(id));
  return targetsOf(cloud, balancer).map((droplet) => ({
    metric: { lb_id: id, droplet_id: String(droplet) },
    values: [[Number(end), health.isHealthy(droplet) ? '1' : '0']],
  }));
}

export function metricRoutes(api: Api): Route[] {
  const { cloud } = api;
  const ofDroplet = ({ host_id }: { readonly host_id: string }) => {
    found(cloud.of(DROPLETS).get(idOf(host_id)));
    return matrix();
  };
  return [
    route({
      call: 'GET /v2/monitoring/metrics/droplet/bandwidth',
      operation: 'monitoring_get_dropletBandwidthMetrics',
      scopes,
      query: bandwidthQuery,
      status: 200,
      answer,
      guesses: isEmpty,
      handle: ({ query }) => ofDroplet(query),
    }),
    ...Object.entries(DROPLET_METRICS).map(([name, operation]) =>
      route({
        call: `GET /v2/monitoring/metrics/droplet/${name}`,
        operation,
        scopes,
        query: dropletQuery,
        status: 200,
        answer,
        guesses: isEmpty,
        handle: ({ query }) => ofDroplet(query),
      }),
    ),
    ...BALANCER_METRICS.map((name) =>
      route({
        call: `GET /v2/monitoring/metrics/load_balancer/${name}`,
        operation: `monitoring_get_lb_${name}`,
        scopes,
        query: balancerQuery,
        status: 200,
        answer,
        guesses: isEmpty,
        handle: ({ query }) => {
          found(cloud.of(LOAD_BALANCERS).get(query.lb_id));
          return matrix();
        },
      }),
    ),
    route({
      call: 'GET /v2/monitoring/metrics/load_balancer/droplets_health_checks',
      operation: 'monitoring_get_lb_droplets_health_checks',
      scopes,
      query: balancerQuery,
      status: 200,
      answer,
      guesses: ['One value for each target: 1, or 0 for those that were said to be unhealthy.'],
      handle: ({ query }) => matrix(healthChecks(api, query.lb_id, query.end)),
    }),
  ];
}
