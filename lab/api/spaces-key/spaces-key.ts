import { z } from 'zod';
import type { Api } from '../api';
import { badRequest, found } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import {
  type Grant,
  hasFullAccess,
  newSpacesKey,
  PERMISSIONS,
  SPACES_KEYS,
  type SpacesKey,
} from './stored-spaces-key';

const permission = z.enum(PERMISSIONS, `must be one of ${PERMISSIONS.join(', ')}`);
const grant = openapi(z.strictObject({ bucket: z.string(), permission }));
const key = {
  name: z.string(),
  access_key: z.string(),
  grants: z.array(grant),
  created_at: z.iso.datetime(),
};
const answer = openapi(z.strictObject(key), 'spaces key');
const oneKey = openapi(z.strictObject({ key: answer }));
const newKey = openapi(z.strictObject({ key: openapi(z.strictObject({ ...key, secret_key: z.string() })) }));
const readOnly = { access_key: z.string().nullish(), created_at: z.string().nullish() };
const name = guess('the document lets it be left out; all clients ask for it', z.string().min(1));
const createBody = openapi(z.strictObject({ ...readOnly, name, grants: z.array(grant).nullish() }));
const updateBody = openapi(
  z.strictObject({ ...readOnly, name: name.nullish(), grants: z.array(grant).nullish() }),
);
const filters = openapi(
  z.object({
    sort: z.enum(['created_at', 'name']).optional(),
    sort_direction: z.enum(['asc', 'desc']).optional(),
    name: z.string().optional(),
    bucket: z.string().optional(),
    permission: z.enum([...PERMISSIONS, '']).optional(),
  }),
);
type Filters = z.infer<typeof filters>;

const view = (key: SpacesKey) => ({
  name: key.name,
  access_key: key.accessKey,
  grants: key.grants,
  created_at: second(key.createdAt),
});

/** @throws 400 when the grants can't stand together */
function checkGrants(grants: readonly Grant[]): void {
  if (hasFullAccess({ grants }) && grants.some(({ permission }) => permission !== 'fullaccess'))
    throw badRequest('cannot mix fullaccess permission with scoped permissions.');
  if (grants.some(({ bucket, permission }) => permission !== 'fullaccess' && bucket === ''))
    throw badRequest('grants of read and readwrite need a bucket.');
}

function selected(keys: readonly SpacesKey[], filters: Filters): SpacesKey[] {
  const { sort = 'created_at', sort_direction = 'desc', name, bucket, permission } = filters;
  const isMeant = (key: SpacesKey) =>
    (name === undefined || key.name === name) &&
    (bucket === undefined || key.grants.some((grant) => grant.bucket === bucket)) &&
    (!permission || key.grants.some((grant) => grant.permission === permission));
  const by = (key: SpacesKey) => (sort === 'name' ? key.name : key.createdAt);
  const sorted = keys.filter(isMeant).sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
  return sort_direction === 'asc' ? sorted : sorted.reverse();
}

export function spacesKeyRoutes({ cloud }: Api): Route[] {
  const keyOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(SPACES_KEYS).get(params.access_key ?? ''));
  const update = (method: 'PUT' | 'PATCH') =>
    route({
      call: `${method} /v2/spaces/keys/:access_key`,
      operation: method === 'PUT' ? 'spacesKey_update' : 'spacesKey_patch',
      scopes: [['spaces_key:update']],
      body: updateBody,
      status: 200,
      answer: oneKey,
      guesses: [
        'The document says that only the name can be changed; Terraform changes grants too, so they are taken, but for the change between full access and grants for buckets, which is 400.',
      ],
      handle: ({ params, body }) => {
        const key = keyOf({ params });
        const grants = body.grants ?? key.grants;
        checkGrants(grants);
        if (hasFullAccess({ grants }) !== hasFullAccess(key))
          throw badRequest('cannot convert a fullaccess key to a scoped key or vice versa.');
        const changed = { ...key, name: body.name ?? key.name, grants };
        return { key: view(cloud.of(SPACES_KEYS).set(key.accessKey, changed)) };
      },
    });
  return [
    list({
      call: 'GET /v2/spaces/keys',
      operation: 'spacesKey_list',
      scopes: [['spaces_key:read']],
      key: 'keys',
      item: answer,
      query: filters,
      guesses: ['It can be sorted by `created_at` and `name`.'],
      all: ({ query }) => selected(cloud.of(SPACES_KEYS).values(), query),
      view,
    }),
    route({
      call: 'POST /v2/spaces/keys',
      operation: 'spacesKey_create',
      scopes: [['spaces_key:create_credentials']],
      body: createBody,
      status: 201,
      answer: newKey,
      guesses: [
        'Full access beside a grant for a bucket is 400, as one of the two statements of the document has it. Whether a bucket exists is not asked.',
      ],
      handle: ({ body: { name, grants } }) => {
        checkGrants(grants ?? []);
        const key = newSpacesKey(cloud, { name, grants: grants ?? [] });
        return { key: { ...view(key), secret_key: key.secretKey } };
      },
    }),
    route({
      call: 'GET /v2/spaces/keys/:access_key',
      operation: 'spacesKey_get',
      scopes: [['spaces_key:read']],
      status: 200,
      answer: oneKey,
      guesses: ["`key` is that of the document's examples and of godo; its schema says `keys`."],
      handle: ({ params }) => ({ key: view(keyOf({ params })) }),
    }),
    update('PUT'),
    update('PATCH'),
    route({
      call: 'DELETE /v2/spaces/keys/:access_key',
      operation: 'spacesKey_delete',
      scopes: [['spaces_key:delete']],
      status: 204,
      handle: ({ params }) => cloud.of(SPACES_KEYS).delete(keyOf({ params }).accessKey),
    }),
  ];
}
