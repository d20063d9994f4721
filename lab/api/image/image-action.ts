import { z } from 'zod';
import { actionAnswer, actionOf, actionsOf, actionView } from '../action/action-view';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { isPending, type Workers } from '../server/action';
import { found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { SNAPSHOTS, type Snapshot } from '../snapshot/stored-snapshot';

const body = openapi(z.strictObject({ type: z.enum(['transfer', 'convert']), region: z.string().nullish() }));

const wrappedAction = guess(
  "under a key, as in the document's example; its schema has none",
  z.strictObject({ action: actionAnswer }),
);

function start(api: Api, snapshot: Snapshot, call: Call<z.infer<typeof body>>) {
  const { type, region } = call.body;
  if (snapshot.isComing) throw unprocessable('The image is not available yet.');
  if (type === 'convert') throw unprocessable('This image is a snapshot already.');
  if (!region || !isRegion(region))
    throw unprocessable('You specified an invalid region for Image transfer.');
  if (snapshot.regions.includes(region)) throw unprocessable(`The image is in ${region} already.`);
  const subject = `image:${snapshot.id}`;
  if (isPending(api.cloud, subject)) throw unprocessable('Image already has a pending event.');
  return call.start({
    type,
    resourceType: 'image',
    resourceId: Number(snapshot.id),
    region,
    subjects: [subject],
    parameters: { snapshotId: snapshot.id, region },
  });
}

export const imageActionWorkers = (api: () => Api): Workers => ({
  transfer: ({ parameters }) => ({
    hardware: async () => undefined,
    commit: () => {
      const { cloud } = api();
      const snapshot = found(cloud.of(SNAPSHOTS).get(String(parameters.snapshotId)));
      const regions = [...snapshot.regions, String(parameters.region)];
      cloud.of(SNAPSHOTS).set(snapshot.id, { ...snapshot, regions });
    },
  }),
});

export const imageActionRoutes = (api: Api, imageOf: (call: Pick<Call, 'params'>) => Snapshot): Route[] => [
  list({
    call: 'GET /v2/images/:image_id/actions',
    operation: 'imageActions_list',
    scopes: [['image:read']],
    key: 'actions',
    item: actionAnswer,
    arePagesGuessed: true,
    all: (call) => actionsOf(api.cloud, `image:${imageOf(call).id}`),
    view: actionView,
  }),
  route({
    call: 'POST /v2/images/:image_id/actions',
    operation: 'imageActions_post',
    scopes: [['image:update']],
    body,
    status: 201,
    answer: wrappedAction,
    guesses: ['422 to convert, since there are no backups; 422 for a region that has the image already.'],
    handle: (call) => ({ action: actionView(start(api, imageOf(call), call)) }),
  }),
  route({
    call: 'GET /v2/images/:image_id/actions/:action_id',
    operation: 'imageActions_get',
    scopes: [['image:read']],
    status: 200,
    answer: wrappedAction,
    handle: (call) => {
      const subject = `image:${imageOf(call).id}`;
      return { action: actionView(actionOf(api.cloud, subject, call.params.action_id ?? '')) };
    },
  }),
];
