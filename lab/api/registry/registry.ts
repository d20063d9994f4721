import { z } from 'zod';
import type { Api } from '../api';
import { found, preconditionFailed } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, noneOf, type Route, route } from '../server/route';
import { second } from '../server/time';
import { garbageCollectionRoutes } from './garbage-collection';
import {
  createAnotherBody,
  createBody,
  createRegistry,
  dockerAuth,
  nameBody,
  REGIONS,
  refuseTaken,
  removeRegistry,
  subscribe,
  tierBody,
} from './registry-create';
import { REGISTRIES, type Registry } from './stored-registry';
import { subscriptionAnswer, subscriptionView, TIERS, tierAnswer, tierView } from './subscription';

const answer = openapi(
  z.strictObject({
    name: z.string(),
    created_at: z.iso.datetime(),
    region: z.string(),
    storage_usage_bytes: z.int(),
    storage_usage_bytes_updated_at: z.iso.datetime(),
    subscription: subscriptionAnswer,
  }),
  'registry',
);
const oneRegistry = openapi(z.strictObject({ registry: answer }));
const oneSubscription = openapi(z.strictObject({ subscription: subscriptionAnswer }));
const credentials = openapi(
  z.strictObject({
    auths: z.strictObject({ 'registry.digitalocean.com': z.strictObject({ auth: z.string() }) }),
  }),
);
const credentialQuery = openapi(
  z.object({
    expiry_seconds: z.string().regex(/^\d+$/).optional(),
    read_write: z.enum(['true', 'false']).optional(),
  }),
);
const options = openapi(
  z.strictObject({
    options: z.strictObject({
      available_regions: z.array(z.string()),
      subscription_tiers: z.array(tierAnswer),
    }),
  }),
);
const repository = openapi(
  z.strictObject({ registry_name: z.string(), name: z.string(), tag_count: z.int() }),
);

const view = (registry: Registry) => ({
  ...{ name: registry.name, created_at: second(registry.createdAt), region: registry.region },
  ...{ storage_usage_bytes: 0, storage_usage_bytes_updated_at: second(registry.createdAt) },
  subscription: subscriptionView(registry),
});

/** The two generations of calls: for the one registry of an account, and for each of several. */
interface Generation {
  readonly path: 'registry' | 'registries';
  /** The registry that a call is about. @throws 412 when it names none of several */
  readonly of: (call: Pick<Call, 'params'>) => Registry;
}

/** The calls that both generations have. */
function common(api: Api, { path, of }: Generation): Route[] {
  const { cloud } = api;
  const first = () => found(cloud.of(REGISTRIES).values()[0]);
  const where = path === 'registry' ? '' : ('/:registry_name' as const);
  const named = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(REGISTRIES).get(params.registry_name ?? ''));
  return [
    route({
      call: `DELETE /v2/${path}${where}`,
      operation: `${path}_delete`,
      scopes: [['registry:delete']],
      status: 204,
      handle: (call) => removeRegistry(cloud, of(call)),
    }),
    route({
      call: `GET /v2/${path}${where}/docker-credentials`,
      operation: `${path}_get_dockerCredentials`,
      scopes: [['registry:read', 'registry:update']],
      query: credentialQuery,
      status: 200,
      answer: credentials,
      guesses: ['Nothing takes them: nobody answers at registry.digitalocean.com for the lab.'],
      handle: (call) => {
        if (path === 'registry') first();
        else named(call);
        return { auths: { 'registry.digitalocean.com': { auth: dockerAuth() } } };
      },
    }),
    route({
      call: `GET /v2/${path}/subscription`,
      operation: `${path}_get_subscription`,
      scopes: [['registry:read']],
      status: 200,
      answer: oneSubscription,
      guesses: ['All registries have one; 404 without a registry.'],
      handle: () => ({ subscription: subscriptionView(first()) }),
    }),
    route({
      call: `POST /v2/${path}/subscription`,
      operation: `${path}_update_subscription`,
      scopes: [['registry:update']],
      body: tierBody,
      status: 200,
      answer: oneSubscription,
      handle: ({ body }) => {
        if (body.tier_slug) subscribe(cloud, body.tier_slug);
        return { subscription: subscriptionView(first()) };
      },
    }),
    route({
      call: `GET /v2/${path}/options`,
      operation: `${path}_get_options`,
      scopes: [['registry:read']],
      status: 200,
      answer: options,
      guesses: ['What the tiers include and cost: from memory of the price list.'],
      handle: () => ({
        options: {
          available_regions: REGIONS,
          subscription_tiers: TIERS.map((slug) => ({
            ...{ ...tierView(slug), eligible: true, eligibility_reasons: [] },
          })),
        },
      }),
    }),
    route({
      call: `POST /v2/${path}/validate-name`,
      operation: `${path}_validate_name`,
      scopes: [['registry:create']],
      body: nameBody,
      status: 204,
      handle: ({ body }) => refuseTaken(cloud, body.name),
    }),
    list({
      call: `GET /v2/${path}/:registry_name/repositoriesV2`,
      operation: `${path}_list_repositoriesV2`,
      scopes: [['registry:read']],
      key: 'repositories',
      item: repository,
      query: openapi(z.object({ page_token: z.string().optional() })),
      all: (call) => noneOf(named(call)),
      view: (none) => none,
      guesses: ['Always empty: nothing can be pushed.'],
    }),
    ...garbageCollectionRoutes(api, { path, operations: path }, named),
  ];
}

export function registryRoutes(api: Api): Route[] {
  const { cloud } = api;
  const only = () => {
    const [first, second] = cloud.of(REGISTRIES).values();
    if (second) throw preconditionFailed('There are several registries: name one, at /v2/registries.');
    return found(first, 'registry does not exist');
  };
  const named = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(REGISTRIES).get(params.registry_name ?? ''));
  return [
    route({
      call: 'GET /v2/registry',
      operation: 'registry_get',
      scopes: [['registry:read']],
      status: 200,
      answer: oneRegistry,
      guesses: ['404 when there is none; 412 when there are several, as the document has it.'],
      handle: () => ({ registry: view(only()) }),
    }),
    route({
      call: 'POST /v2/registry',
      operation: 'registry_create',
      scopes: [['registry:create']],
      body: createBody,
      status: 201,
      answer: oneRegistry,
      guesses: [
        '409 for a name that is taken; a second registry is made as by the newer call.',
        'Where droplets really run it is refused with 501.',
      ],
      handle: ({ body }) => ({ registry: view(createRegistry(api, body)) }),
    }),
    ...common(api, { path: 'registry', of: only }),
    list({
      call: 'GET /v2/registry/:registry_name/repositories',
      operation: 'registry_list_repositories',
      scopes: [['registry:read']],
      key: 'repositories',
      item: repository,
      all: (call) => noneOf(named(call)),
      view: (none) => none,
    }),
    route({
      call: 'GET /v2/registries',
      operation: 'registries_list',
      scopes: [['registry:read']],
      status: 200,
      answer: openapi(
        z.strictObject({
          registries: guess('the document shows one without its subscription too', z.array(answer)),
        }),
      ),
      handle: () => ({ registries: cloud.of(REGISTRIES).values().map(view) }),
    }),
    route({
      call: 'POST /v2/registries',
      operation: 'registries_create',
      scopes: [['registry:create']],
      body: createAnotherBody,
      status: 201,
      answer: oneRegistry,
      guesses: ['nyc3 when no region is named; the tier of the first one when no tier is.'],
      handle: ({ body }) => ({ registry: view(createRegistry(api, body)) }),
    }),
    route({
      call: 'GET /v2/registries/:registry_name',
      operation: 'registries_get',
      scopes: [['registry:read']],
      status: 200,
      answer: oneRegistry,
      handle: (call) => ({ registry: view(named(call)) }),
    }),
    ...common(api, { path: 'registries', of: named }),
  ];
}
