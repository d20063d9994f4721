import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { DROPLETS } from '../droplet/stored-droplet';
import { conflict, forbidden, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { existingTags, tagName } from '../tag/tag';
import { firewallPartRoutes } from './firewall-part';
import { checkCount, newRules, rulesAnswer, rulesBody, rulesView } from './firewall-rules';
import { FIREWALLS, type Firewall } from './stored-firewall';

const MOST_DROPLETS = 10;
const MOST_TAGS = 5;

export const firewallAnswer = openapi(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    status: z.enum(['waiting', 'succeeded', 'failed']),
    ...rulesAnswer,
    created_at: z.iso.datetime(),
    droplet_ids: z.array(z.int()),
    tags: z.array(z.string()),
    pending_changes: z.array(
      z.strictObject({ droplet_id: z.int(), removing: z.boolean(), status: z.string() }),
    ),
  }),
  'firewall',
);
const oneFirewall = openapi(z.strictObject({ firewall: firewallAnswer }));
const body = openapi(
  z.strictObject({
    id: z.string().nullish(),
    status: z.string().nullish(),
    created_at: z.string().nullish(),
    pending_changes: z.unknown().optional(),
    name: z
      .string()
      .max(255)
      .regex(
        /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/,
        'must be two or more letters, numbers, periods or dashes, the first a letter or number',
      ),
    droplet_ids: z.array(z.int()).nullish(),
    tags: z.array(tagName).nullish(),
    ...rulesBody.shape,
  }),
);
type Body = z.infer<typeof body>;
export const firewallView = (api: Api, firewall: Firewall, caller: Caller) => ({
  id: firewall.id,
  name: firewall.name,
  status: api.firewalls.status(firewall),
  ...rulesView(firewall, caller),
  created_at: second(firewall.createdAt),
  droplet_ids: caller.can('droplet:read') ? firewall.dropletIds : [],
  tags: caller.can('tag:read') ? firewall.tags : [],
  pending_changes: api.firewalls.pendingChanges(firewall),
});

/** @throws 422 for droplets that do not exist, or too many */
function checkTargets({ cloud }: Api, dropletIds: readonly number[], tags: readonly string[]): void {
  const unknown = dropletIds.find((id) => !cloud.of(DROPLETS).has(id));
  if (unknown !== undefined) throw unprocessable(`Droplet ${unknown} does not exist.`);
  if (dropletIds.length > MOST_DROPLETS)
    throw unprocessable(`A firewall can name at most ${MOST_DROPLETS} Droplets.`);
  if (tags.length > MOST_TAGS) throw unprocessable(`A firewall can name at most ${MOST_TAGS} tags.`);
}

function save(api: Api, firewall: Firewall): Firewall {
  checkCount(firewall);
  checkTargets(api, firewall.dropletIds, firewall.tags);
  api.cloud.of(FIREWALLS).set(firewall.id, firewall);
  api.firewalls.sync();
  return firewall;
}

/** @throws 403 for droplets or tags that the caller may not see */
function authorizeTargets(given: Pick<Body, 'droplet_ids' | 'tags'>, caller: Caller): void {
  if (given.droplet_ids?.length && !caller.can('droplet:read')) throw forbidden();
  if (given.tags?.length && !(caller.can('tag:read') && caller.can('tag:create'))) throw forbidden();
}

function fromBody(
  api: Api,
  { body: given, caller }: Pick<Call<Body>, 'body' | 'caller'>,
  own: Pick<Firewall, 'id' | 'createdAt'>,
): Firewall {
  const { cloud } = api;
  authorizeTargets(given, caller);
  if (
    cloud
      .of(FIREWALLS)
      .values()
      .some(({ id, name }) => name === given.name && id !== own.id)
  )
    throw conflict('duplicate name');
  return save(api, {
    ...own,
    name: given.name,
    ...newRules(cloud, given),
    dropletIds: [...new Set(given.droplet_ids ?? [])],
    tags: existingTags(cloud, given.tags ?? []),
  });
}

export function firewallRoutes(api: Api): Route[] {
  const { cloud } = api;
  const firewallOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(FIREWALLS).get(params.firewall_id ?? ''));
  return [
    list({
      call: 'GET /v2/firewalls',
      operation: 'firewalls_list',
      scopes: [['firewall:read']],
      key: 'firewalls',
      item: firewallAnswer,
      all: () => cloud.of(FIREWALLS).values(),
      view: (firewall, { caller }) => firewallView(api, firewall, caller),
    }),
    route({
      call: 'POST /v2/firewalls',
      operation: 'firewalls_create',
      scopes: [['firewall:create']],
      body,
      status: 202,
      answer: oneFirewall,
      guesses: [
        'Tags must exist; 409 for a name that is taken; at least one rule.',
        'All ports are answered as "0", also for icmp.',
        'At most 10 droplets, 5 tags, 50 rules: the limits page; their texts are guesses.',
        'A tag stands for the public and private addresses of its droplets.',
        'load_balancer_uids must exist; kubernetes_ids are refused with 501.',
      ],
      handle: (call) => {
        const own = { id: randomUUID(), createdAt: new Date().toISOString() };
        return { firewall: firewallView(api, fromBody(api, call, own), call.caller) };
      },
    }),
    route({
      call: 'GET /v2/firewalls/:firewall_id',
      operation: 'firewalls_get',
      scopes: [['firewall:read']],
      status: 200,
      answer: oneFirewall,
      handle: (call) => ({ firewall: firewallView(api, firewallOf(call), call.caller) }),
    }),
    route({
      call: 'PUT /v2/firewalls/:firewall_id',
      operation: 'firewalls_update',
      scopes: [['firewall:update']],
      body,
      status: 200,
      answer: oneFirewall,
      handle: (call) => ({
        firewall: firewallView(api, fromBody(api, call, pick(firewallOf(call))), call.caller),
      }),
    }),
    route({
      call: 'DELETE /v2/firewalls/:firewall_id',
      operation: 'firewalls_delete',
      scopes: [['firewall:delete']],
      status: 204,
      handle: (call) => {
        cloud.of(FIREWALLS).delete(firewallOf(call).id);
        api.firewalls.sync();
      },
    }),
    ...firewallPartRoutes(api, firewallOf, (firewall) => save(api, firewall)),
  ];
}

const pick = ({ id, createdAt }: Firewall) => ({ id, createdAt });
