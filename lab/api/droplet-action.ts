import { z } from 'zod';
import {
  type Action,
  actionAnswer,
  actionOf,
  actionsOf,
  actionView,
  oneAction,
  type Workers,
} from './action';
import type { Api } from './api';
import { findImage, isSize, size } from './catalogue';
import { dropletOf } from './droplet';
import { dropletName, ipv6Of } from './droplet-create';
import { found, notImplemented, unprocessable } from './errors';
import type { Hardware } from './hardware';
import { openapi } from './label';
import type { Droplet } from './records';
import { type Call, list, type Route, route } from './route';
import { tagByName } from './tag';

const NOT_EMULATED = ['restore', 'password_reset', 'change_kernel', 'snapshot', 'change_backup_policy'];

const postBody = openapi(
  z.strictObject({
    type: z.string(),
    name: z.string().nullish(),
    size: z.string().nullish(),
    disk: z.boolean().nullish(),
    image: z.union([z.string(), z.int()]).nullish(),
    kernel: z.int().nullish(),
    backup_policy: z.unknown().optional(),
  }),
);
const byTagBody = openapi(z.strictObject({ type: z.string(), name: z.string().nullish() }));
type Body = z.infer<typeof postBody>;

/** One type of action: when it is refused, what it does to the hardware, and how the record reads after it. */
interface Kind {
  /** @throws 422 */
  readonly check?: (droplet: Droplet, body: Body) => void;
  readonly parameters?: (body: Body) => Action['parameters'];
  readonly after: (droplet: Droplet, parameters: Action['parameters']) => Droplet;
  readonly hardware: (hardware: Hardware, after: Droplet, api: Api) => Promise<void>;
  readonly byTag?: boolean;
}

const off = (droplet: Droplet): Droplet => ({ ...droplet, status: 'off' });
const on = (droplet: Droplet): Droplet => ({ ...droplet, status: 'active' });
const nothing = async () => undefined;

function mustBe(status: 'active' | 'off', message: string) {
  return (droplet: Droplet) => {
    if (droplet.status !== status) throw unprocessable(message);
  };
}
const mustBeOn = mustBe('active', 'Droplet is already powered off.');

function checkResize(droplet: Droplet, body: Body): void {
  if (!body.size || !isSize(body.size))
    throw unprocessable('You specified an invalid size for Droplet resize.');
  if (droplet.status !== 'off')
    throw unprocessable('Droplet is currently on. Please power it off to run this event.');
  if (size(body.size).disk < droplet.disk)
    throw unprocessable('This size is not available because it has a smaller disk.');
  if (body.size === droplet.size && !body.disk) throw unprocessable('Droplet already has this size.');
}

function checkName(_: Droplet, { name }: Body): void {
  const result = dropletName.safeParse(name);
  if (!result.success) throw unprocessable(`name: ${result.error.issues[0]?.message}`);
}

function checkImage(_: Droplet, { image }: Body): void {
  if (!image || !findImage(image)) throw unprocessable('You specified an invalid image for Droplet rebuild.');
}

const KINDS: Readonly<Record<string, Kind>> = {
  power_on: {
    check: mustBe('off', 'Droplet is already powered on.'),
    after: on,
    hardware: (hardware, { id }) => hardware.powerOn(id),
    byTag: true,
  },
  power_off: {
    check: mustBeOn,
    after: off,
    hardware: (hardware, { id }) => hardware.powerOff(id),
    byTag: true,
  },
  shutdown: {
    check: mustBeOn,
    after: off,
    hardware: (hardware, { id }) => hardware.shutdown(id),
    byTag: true,
  },
  reboot: { check: mustBeOn, after: on, hardware: (hardware, { id }) => hardware.reboot(id) },
  power_cycle: {
    check: mustBeOn,
    after: on,
    hardware: async (hardware, { id }) => {
      await hardware.powerOff(id);
      await hardware.powerOn(id);
    },
    byTag: true,
  },
  rename: {
    check: checkName,
    parameters: ({ name }) => ({ name }),
    after: (droplet, { name }) => ({ ...droplet, name: String(name) }),
    hardware: (hardware, after, { cloud }) => hardware.renameDroplet(cloud.dropletSpec(after)),
  },
  resize: {
    check: checkResize,
    parameters: (body) => ({ size: body.size, disk: body.disk ?? false }),
    after: (droplet, { size: slug, disk }) => {
      const wanted = size(String(slug));
      return { ...droplet, size: wanted.slug, disk: disk ? wanted.disk : droplet.disk };
    },
    hardware: (hardware, after, { cloud }) => hardware.resizeDroplet(cloud.dropletSpec(after)),
  },
  rebuild: {
    check: checkImage,
    parameters: ({ image }) => ({ image: findImage(image ?? '')?.id }),
    after: (droplet, { image }) => ({ ...droplet, image: Number(image), status: 'active' }),
    hardware: (hardware, after, { cloud }) => hardware.rebuildDroplet(cloud.dropletSpec(after)),
  },
  enable_ipv6: {
    after: (droplet) => ({ ...droplet, ipv6: ipv6Of(droplet.id) }),
    hardware: nothing,
    byTag: true,
  },
  enable_backups: { after: (droplet) => ({ ...droplet, backups: true }), hardware: nothing, byTag: true },
  disable_backups: { after: (droplet) => ({ ...droplet, backups: false }), hardware: nothing, byTag: true },
};

export const dropletActionWorkers = (api: () => Api): Workers =>
  Object.fromEntries(
    Object.entries(KINDS).map(([type, kind]) => {
      const worker = ({ resourceId, parameters }: Action) => {
        const after = () => kind.after(found(api().cloud.droplets.get(resourceId ?? 0)), parameters);
        return {
          hardware: () => kind.hardware(api().hardware, after(), api()),
          commit: () => {
            const droplet = after();
            api().cloud.droplets.set(droplet.id, droplet);
          },
        };
      };
      return [type, worker];
    }),
  );

function kindOf(type: string): Kind {
  if (NOT_EMULATED.includes(type)) throw notImplemented(`The Droplet action ${type}`);
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!kind) throw unprocessable(`${type} is not a type of Droplet action.`);
  return kind;
}

function start(api: Api, droplet: Droplet, call: Call<Body>): Action {
  const kind = kindOf(call.body.type);
  api.cloud.refusePending(droplet.id);
  kind.check?.(droplet, call.body);
  return call.start({
    type: call.body.type,
    resourceType: 'droplet',
    resourceId: droplet.id,
    region: droplet.region,
    subjects: [`droplet:${droplet.id}`],
    parameters: kind.parameters?.(call.body),
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
    body: postBody,
    status: 201,
    answer: oneAction,
    guesses: [
      `501 for ${NOT_EMULATED.join(', ')}.`,
      'Which actions need the droplet on or off, and the texts that say so; those for power_off and resize are known from clients.',
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
      if (!kindOf(call.body.type).byTag) throw unprocessable(`${call.body.type} can't be done by tag.`);
      const droplets = api.cloud.dropletsByTag.get(tagByName(api.cloud, call.query.tag_name));
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
