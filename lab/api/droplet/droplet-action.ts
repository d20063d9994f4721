import { z } from 'zod';
import { actionAnswer, actionOf, actionsOf, actionView, oneAction } from '../action/action-view';
import type { Api } from '../api';
import type { Action, Workers } from '../server/action';
import { forbidden, found, notImplemented, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { tagByName } from '../tag/tag';
import { backupPolicyBody } from './backup-policy';
import { type ActionBody, actionBody, KINDS, type Kind } from './droplet-action-kind';
import { dropletOf } from './droplet-view';
import { DROPLETS, type Droplet, refusePending } from './stored-droplet';

const byTagBody = openapi(
  z.strictObject({
    type: z.string(),
    name: z.string().nullish(),
    backup_policy: guess('as with one droplet', backupPolicyBody.nullish()),
  }),
);

export const dropletActionWorkers = (api: () => Api): Workers =>
  Object.fromEntries(
    Object.entries(KINDS).map(([type, kind]) => {
      const worker = (action: Action) => {
        const { resourceId, parameters } = action;
        const after = () => {
          const droplet = found(
            api()
              .cloud.of(DROPLETS)
              .get(resourceId ?? 0),
          );
          return kind.after?.(droplet, parameters) ?? droplet;
        };
        return {
          hardware: async () => kind.hardware?.(api().hardware, after(), api()),
          commit: () => {
            const droplet = api()
              .cloud.of(DROPLETS)
              .set(resourceId ?? 0, after());
            kind.also?.(api(), droplet, action);
          },
        };
      };
      return [type, worker];
    }),
  );

function kindOf({ isRecordsOnly }: Api, type: string): Kind {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!kind) throw unprocessable(`${type} is not a type of Droplet action.`);
  if (kind.isOnRecordsOnly && !isRecordsOnly) throw notImplemented(`The Droplet action ${type}`);
  return kind;
}

function start(api: Api, droplet: Droplet, call: Call<ActionBody>): Action {
  const { type } = call.body;
  const kind = kindOf(api, type);
  if (kind.scope !== undefined && !call.caller.can(kind.scope)) throw forbidden();
  refusePending(api.cloud, droplet.id);
  kind.check?.(droplet, call.body, api);
  return call.start({
    type,
    resourceType: 'droplet',
    resourceId: droplet.id,
    region: droplet.region,
    subjects: [`droplet:${droplet.id}`],
    parameters: kind.parameters?.(call.body, api),
  });
}

export const dropletActionRoutes = (api: Api): Route[] => [
  list({
    call: 'GET /v2/droplets/:droplet_id/actions',
    operation: 'dropletActions_list',
    scopes: [['droplet:read']],
    key: 'actions',
    item: actionAnswer,
    all: (call) => actionsOf(api.cloud, `droplet:${dropletOf(api, call).id}`),
    view: actionView,
    guesses: ["Attaching and detaching volumes is listed with the droplet's own actions."],
  }),
  route({
    call: 'POST /v2/droplets/:droplet_id/actions',
    operation: 'dropletActions_post',
    scopes: [['droplet:update']],
    body: actionBody,
    status: 201,
    answer: oneAction,
    guesses: [
      'change_kernel is always 422. In a lab whose droplets really run snapshot, restore and password_reset are 501.',
      'A snapshot has the size of the image that it descends from. password_reset resets nothing, and enable_private_networking changes nothing.',
      'Which actions need the droplet on or off, and the texts that say so; those for power_off and resize are known from clients, and that shutdown and power_on need neither.',
    ],
    handle: (call) => ({ action: actionView(start(api, dropletOf(api, call), call)) }),
  }),
  route({
    call: 'POST /v2/droplets/actions',
    operation: 'dropletActions_post_byTag',
    scopes: [['droplet:update']],
    body: byTagBody,
    query: openapi(z.object({ tag_name: z.string() })),
    status: 201,
    answer: openapi(z.strictObject({ actions: z.array(actionAnswer) })),
    guesses: ['All droplets of the tag, or none when the action is refused for one.'],
    handle: (call) => {
      if (!kindOf(api, call.body.type).byTag) throw unprocessable(`${call.body.type} can't be done by tag.`);
      const droplets = api.cloud.of(DROPLETS).byTag.get(tagByName(api.cloud, call.query.tag_name));
      return { actions: droplets.map((droplet) => actionView(start(api, droplet, call))) };
    },
  }),
  route({
    call: 'GET /v2/droplets/:droplet_id/actions/:action_id',
    operation: 'dropletActions_get',
    scopes: [['droplet:read']],
    status: 200,
    answer: oneAction,
    handle: (call) => {
      const subject = `droplet:${dropletOf(api, call).id}`;
      return { action: actionView(actionOf(api.cloud, subject, call.params.action_id ?? '')) };
    },
  }),
];
