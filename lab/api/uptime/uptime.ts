import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { UPTIME_ALERTS, UPTIME_CHECKS, type UptimeCheck } from './stored-uptime-check';
import { uptimeAlertRoutes } from './uptime-alert';

const REGIONS = ['us_east', 'us_west', 'eu_west', 'se_asia'] as const;

const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    type: z.enum(['ping', 'http', 'https']),
    target: guess('the document wants a URL; what a ping asks may be a host', z.string()),
    regions: z.array(z.enum(REGIONS)),
    enabled: z.boolean(),
  }),
  'uptime check',
);
const oneCheck = openapi(z.strictObject({ check: answer }));
const fields = {
  name: z.string().min(1),
  type: z.enum(['ping', 'http', 'https', '']).nullish(),
  target: z.string().min(1),
  regions: z.array(z.enum(REGIONS)).nullish(),
  enabled: z.boolean().nullish(),
};
const createBody = openapi(
  z.strictObject({
    ...fields,
    method: guess(
      'the document requires it of a create and says nothing more: ignored',
      z.unknown().optional(),
    ),
  }),
);
const updateBody = openapi(z.strictObject(fields).partial());
type Body = z.infer<typeof updateBody>;

const regionState = guess(
  'the lab measures nothing from outside: a check is always CHECKING',
  z.strictObject({
    status: z.enum(['DOWN', 'UP', 'CHECKING']),
    status_changed_at: z.string(),
    thirty_day_uptime_percentage: z.number(),
  }),
);
const stateAnswer = openapi(
  z.strictObject({
    state: z.strictObject({ regions: z.partialRecord(z.enum(REGIONS), regionState) }),
  }),
);

const view = ({ createdAt: _, ...check }: UptimeCheck) => check;

/** A web address for http and https, a host for ping. */
function checkTarget(type: string, target: string): void {
  const isWeb = /^https?:\/\/[^\s/]+(\/\S*)?$/i.test(target);
  if (type !== 'ping' && !isWeb) throw unprocessable('target must be a valid URL.');
  if (type === 'ping' && !/^[\w.:-]+$/.test(target) && !isWeb) throw unprocessable('target must be a host.');
}

function checkOf(own: UptimeCheck, body: Body): UptimeCheck {
  const type = body.type || own.type;
  const target = body.target ?? own.target;
  checkTarget(type, target);
  const regions = body.regions ? [...new Set(body.regions)] : own.regions;
  return { ...own, name: body.name ?? own.name, type, target, regions, enabled: body.enabled ?? own.enabled };
}

export function uptimeRoutes(api: Api): Route[] {
  const { cloud } = api;
  const checkOfCall = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(UPTIME_CHECKS).get(params.check_id ?? ''));
  return [
    list({
      call: 'GET /v2/uptime/checks',
      operation: 'uptime_list_checks',
      scopes: [['uptime:read']],
      key: 'checks',
      item: answer,
      all: () => cloud.of(UPTIME_CHECKS).values(),
      view,
    }),
    route({
      call: 'POST /v2/uptime/checks',
      operation: 'uptime_create_check',
      scopes: [['uptime:create']],
      body: createBody,
      status: 201,
      answer: oneCheck,
      guesses: ['No regions when none is named, https when no type is.'],
      handle: ({ body }) => {
        const empty = { name: '', type: 'https', target: '', regions: [], enabled: true };
        const own = { ...empty, id: randomUUID(), createdAt: new Date().toISOString() };
        return { check: view(cloud.of(UPTIME_CHECKS).set(own.id, checkOf(own, body))) };
      },
    }),
    route({
      call: 'GET /v2/uptime/checks/:check_id',
      operation: 'uptime_get_check',
      scopes: [['uptime:read']],
      status: 200,
      answer: oneCheck,
      handle: (call) => ({ check: view(checkOfCall(call)) }),
    }),
    route({
      call: 'PUT /v2/uptime/checks/:check_id',
      operation: 'uptime_update_check',
      scopes: [['uptime:update']],
      body: updateBody,
      status: 200,
      answer: oneCheck,
      guesses: ['What is not named stays as it was.'],
      handle: (call) => {
        const own = checkOfCall(call);
        return { check: view(cloud.of(UPTIME_CHECKS).set(own.id, checkOf(own, call.body))) };
      },
    }),
    route({
      call: 'DELETE /v2/uptime/checks/:check_id',
      operation: 'uptime_delete_check',
      scopes: [['uptime:delete']],
      status: 204,
      handle: (call) => {
        const { id } = checkOfCall(call);
        for (const alert of cloud.of(UPTIME_ALERTS).byCheck.get(id)) cloud.of(UPTIME_ALERTS).delete(alert.id);
        cloud.of(UPTIME_CHECKS).delete(id);
      },
    }),
    route({
      call: 'GET /v2/uptime/checks/:check_id/state',
      operation: 'uptime_get_checkState',
      scopes: [['uptime:read']],
      status: 200,
      answer: stateAnswer,
      handle: (call) => {
        const { regions, createdAt } = checkOfCall(call);
        const state = {
          status: 'CHECKING',
          status_changed_at: second(createdAt),
          thirty_day_uptime_percentage: 0,
        };
        return { state: { regions: Object.fromEntries(regions.map((region) => [region, state])) } };
      },
    }),
    ...uptimeAlertRoutes(api, checkOfCall),
  ];
}
