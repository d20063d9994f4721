import { z } from 'zod';
import type { Api } from '../api';
import { regionAnswer, regionView } from '../catalogue/catalogue';
import { ACTIONS, type Action } from '../server/action';
import type { Cloud } from '../server/cloud';
import { found } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import { list, type Route, route } from '../server/route';
import { second } from '../server/time';

export const actionAnswer = openapi(
  z.strictObject({
    id: z.int(),
    status: z.enum(['in-progress', 'completed', 'errored']),
    type: z.string(),
    started_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
    resource_id: z.int().nullable(),
    resource_type: z.string(),
    region: regionAnswer,
    region_slug: z.string().nullable(),
  }),
  'action',
);

export const actionView = (action: Action) => ({
  id: action.id,
  status: action.status,
  type: action.type,
  started_at: second(action.startedAt),
  completed_at: action.completedAt === null ? null : second(action.completedAt),
  resource_id: action.resourceId,
  resource_type: action.resourceType,
  region: regionView(action.region),
  region_slug: action.region,
});

export const oneAction = openapi(z.strictObject({ action: actionAnswer }));
export const linkToAction = openapi(z.strictObject({ id: z.int(), rel: z.string(), href: z.url() }));

/** The link to an action that a call began, as answers carry it. */
export const actionLink = (action: Action, rel: string, base: string) => ({
  id: action.id,
  rel,
  href: `${base}/v2/actions/${action.id}`,
});

/** Newest first, as DigitalOcean lists them. */
export const actionsOf = (cloud: Cloud, subject: string): Action[] =>
  cloud.of(ACTIONS).bySubject.get(subject).reverse();

export function actionOf(cloud: Cloud, subject: string, id: string): Action {
  const action = found(cloud.of(ACTIONS).get(idOf(id)));
  return found(action.subjects.includes(subject) ? action : undefined);
}

const isShown = ({ isHidden }: Action) => !isHidden;

export const actionRoutes = ({ cloud }: Api): Route[] => [
  list({
    call: 'GET /v2/actions',
    operation: 'actions_list',
    scopes: [['actions:read']],
    key: 'actions',
    item: actionAnswer,
    all: () => cloud.of(ACTIONS).values().filter(isShown).reverse(),
    view: actionView,
    guesses: ['Newest first.'],
  }),
  route({
    call: 'GET /v2/actions/:action_id',
    operation: 'actions_get',
    scopes: [['actions:read']],
    status: 200,
    answer: oneAction,
    handle: ({ params }) => {
      const action = found(cloud.of(ACTIONS).get(idOf(params.action_id)));
      return { action: actionView(found(isShown(action) ? action : undefined)) };
    },
  }),
];
