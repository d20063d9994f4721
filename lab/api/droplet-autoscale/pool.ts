import { z } from 'zod';
import type { Api } from '../api';
import { startDestroy } from '../droplet/droplet-destroy';
import type { Droplet } from '../droplet/stored-droplet';
import { badRequest, found } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { membersOf, poolBody, savePool } from './pool-change';
import { AUTOSCALE_POOLS, type AutoscalePool } from './stored-pool';

const utilization = z.strictObject({ memory: z.number(), cpu: z.number() });
const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    config: z.record(z.string(), z.number()),
    droplet_template: z.record(z.string(), z.unknown()),
    current_utilization: utilization,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    status: z.enum(['active', 'deleting', 'error']),
    active_resources_count: z.int(),
  }),
  'droplet autoscale pool',
);
const onePool = openapi(z.strictObject({ autoscale_pool: answer }));
const member = openapi(
  z.strictObject({
    droplet_id: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    health_status: z.enum(['healthy', 'unhealthy']),
    status: z.enum(['provisioning', 'active', 'deleting', 'off']),
    current_utilization: utilization,
  }),
  'autoscale pool member',
);
const event = openapi(
  z.strictObject({
    history_event_id: z.string(),
    current_instance_count: z.int(),
    desired_instance_count: z.int(),
    reason: z.string(),
    status: z.enum(['in_progress', 'success', 'error']),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  }),
);

const IDLE = { memory: 0, cpu: 0 };

function view({ cloud }: Api, pool: AutoscalePool) {
  const active = membersOf(cloud, pool).filter(({ status }) => status === 'active');
  return {
    ...{ id: pool.id, name: pool.name, config: pool.config, droplet_template: pool.template },
    ...{ current_utilization: IDLE, status: 'active', active_resources_count: active.length },
    ...{ created_at: second(pool.createdAt), updated_at: second(pool.updatedAt) },
  };
}

const memberView = (api: Api, { id, status, createdAt, activeAt }: Droplet) => ({
  droplet_id: id,
  created_at: second(createdAt),
  updated_at: second(activeAt ?? createdAt),
  health_status: api.health.isHealthy(id) ? 'healthy' : 'unhealthy',
  status: status === 'new' ? 'provisioning' : status,
  current_utilization: IDLE,
});

export function autoscalePoolRoutes(api: Api): Route[] {
  const { cloud } = api;
  const poolOf = ({ params }: Pick<Call, 'params'>) => {
    const id = params.autoscale_pool_id ?? '';
    return found(cloud.of(AUTOSCALE_POOLS).get(id), `autoscale group with id ${id} not found`);
  };
  return [
    list({
      call: 'GET /v2/droplets/autoscale',
      operation: 'autoscalepools_list',
      scopes: [['droplet:read']],
      key: 'autoscale_pools',
      item: answer,
      query: openapi(z.object({ name: z.string().optional() })),
      all: ({ query }) =>
        cloud
          .of(AUTOSCALE_POOLS)
          .values()
          .filter(({ name }) => !query.name || name === query.name),
      view: (pool) => view(api, pool),
    }),
    route({
      call: 'POST /v2/droplets/autoscale',
      operation: 'autoscalepools_create',
      scopes: [['droplet:create']],
      body: poolBody,
      status: 202,
      answer: onePool,
      guesses: [
        'It makes its droplets at once, as many as it is to have at least, and never more by itself: nothing is busy.',
        'A droplet that is destroyed is replaced by the next change of the pool.',
        'Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        refuseOnHardware(api, 'A Droplet autoscale pool');
        return { autoscale_pool: view(api, savePool(api, call)) };
      },
    }),
    route({
      call: 'GET /v2/droplets/autoscale/:autoscale_pool_id',
      operation: 'autoscalepools_get',
      scopes: [['droplet:read']],
      status: 200,
      answer: onePool,
      guesses: ['The text of a 404 is the one that the provider waits for.'],
      handle: (call) => ({ autoscale_pool: view(api, poolOf(call)) }),
    }),
    route({
      call: 'PUT /v2/droplets/autoscale/:autoscale_pool_id',
      operation: 'autoscalepools_update',
      scopes: [['droplet:create']],
      body: poolBody,
      status: 200,
      answer: onePool,
      guesses: ['Another template is for new droplets only; those too many are destroyed, the newest first.'],
      handle: (call) => ({ autoscale_pool: view(api, savePool(api, call, poolOf(call))) }),
    }),
    route({
      call: 'DELETE /v2/droplets/autoscale/:autoscale_pool_id',
      operation: 'autoscalepools_delete',
      scopes: [['droplet:delete']],
      status: 202,
      guesses: ['At once; its droplets stay.'],
      handle: (call) => cloud.of(AUTOSCALE_POOLS).delete(poolOf(call).id),
    }),
    route({
      call: 'DELETE /v2/droplets/autoscale/:autoscale_pool_id/dangerous',
      operation: 'autoscalepools_delete_dangerous',
      scopes: [['droplet:delete']],
      status: 202,
      guesses: ['400 without X-Dangerous: true.'],
      handle: (call) => {
        const pool = poolOf(call);
        if (call.headers['x-dangerous'] !== 'true')
          throw badRequest('The header X-Dangerous must be true: all Droplets would be destroyed.');
        for (const droplet of membersOf(cloud, pool)) startDestroy(api, droplet, call);
        cloud.of(AUTOSCALE_POOLS).delete(pool.id);
      },
    }),
    list({
      call: 'GET /v2/droplets/autoscale/:autoscale_pool_id/members',
      operation: 'autoscalepools_list_members',
      scopes: [['droplet:read']],
      key: 'droplets',
      item: member,
      all: (call) => membersOf(cloud, poolOf(call)),
      view: (droplet) => memberView(api, droplet),
    }),
    list({
      call: 'GET /v2/droplets/autoscale/:autoscale_pool_id/history',
      operation: 'autoscalepools_list_history',
      scopes: [['droplet:read']],
      key: 'history',
      item: event,
      all: (call) => [...poolOf(call).history].reverse(),
      view: ({ id, before, after, reason, at }) => ({
        ...{ history_event_id: id, current_instance_count: before, desired_instance_count: after, reason },
        ...{ status: 'success', created_at: second(at), updated_at: second(at) },
      }),
      guesses: ['Newest first; only changes of the configuration.'],
    }),
  ];
}
