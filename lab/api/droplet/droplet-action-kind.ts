import { z } from 'zod';
import type { Api } from '../api';
import { isSize, size } from '../catalogue/catalogue';
import { findImage, ownImage } from '../image/image';
import type { Action } from '../server/action';
import { unprocessable } from '../server/errors';
import type { Hardware } from '../server/hardware';
import { openapi } from '../server/provenance';
import { backupPolicyBody, policyOf } from './backup-policy';
import { dropletName, ipv6Of } from './droplet-create';
import { snapshotDroplet } from './droplet-snapshot';
import { dropletSpec } from './droplet-spec';
import type { BackupPolicy, Droplet } from './stored-droplet';

export const actionBody = openapi(
  z.strictObject({
    type: z.string(),
    name: z.string().nullish(),
    size: z.string().nullish(),
    disk: z.boolean().nullish(),
    image: z.union([z.string(), z.int()], 'must be an id or a slug').nullish(),
    kernel: z.int().nullish(),
    backup_policy: backupPolicyBody.nullish(),
  }),
);
export type ActionBody = z.infer<typeof actionBody>;

/** One type of action: when it is refused, what it does to the hardware, and how the record reads after it. */
export interface Kind {
  /** What the caller needs besides droplet:update. */
  readonly scope?: string;
  /** @throws 422 */
  readonly check?: (droplet: Droplet, body: ActionBody, api: Api) => void;
  readonly parameters?: (body: ActionBody, api: Api) => Action['parameters'];
  readonly after?: (droplet: Droplet, parameters: Action['parameters']) => Droplet;
  /** What else the records say then. */
  readonly also?: (api: Api, droplet: Droplet, action: Action) => void;
  readonly hardware?: (hardware: Hardware, after: Droplet, api: Api) => Promise<void>;
  /** The lab's hardware can't do it. */
  readonly isOnRecordsOnly?: boolean;
  readonly byTag?: boolean;
}

const off = (droplet: Droplet): Droplet => ({ ...droplet, status: 'off' });
const on = (droplet: Droplet): Droplet => ({ ...droplet, status: 'active' });

function mustBeOn({ status }: Droplet): void {
  if (status !== 'active') throw unprocessable('Droplet is already powered off.');
}

function mustBeOff({ status }: Droplet): void {
  if (status !== 'off')
    throw unprocessable('Droplet is currently on. Please power it off to run this event.');
}

function checkResize(droplet: Droplet, body: ActionBody): void {
  if (!body.size || !isSize(body.size))
    throw unprocessable('You specified an invalid size for Droplet resize.');
  mustBeOff(droplet);
  if (size(body.size).disk < droplet.disk)
    throw unprocessable('This size is not available because it has a smaller disk.');
  if (body.size === droplet.size && !body.disk) throw unprocessable('Droplet already has this size.');
}

function checkName(_: Droplet, { name }: ActionBody): void {
  const result = dropletName.safeParse(name);
  if (!result.success) throw unprocessable(`name: ${result.error.issues[0]?.message}`);
}

function checkRebuild(droplet: Droplet, body: ActionBody, { cloud }: Api): void {
  const image = body.image ? findImage(cloud, body.image) : undefined;
  if (!image?.regions.includes(droplet.region))
    throw unprocessable('You specified an invalid image for Droplet rebuild.');
  if ((image.min_disk_size ?? 0) > droplet.disk)
    throw unprocessable('The image needs a larger disk than the Droplet has.');
}

function checkRestore(droplet: Droplet, { image }: ActionBody, { cloud }: Api): void {
  if (ownImage(cloud, image ?? '')?.resourceId !== String(droplet.id))
    throw unprocessable(
      'You specified an invalid image for Droplet restore: it must be one of this Droplet.',
    );
}

function refuseKernel(): void {
  throw unprocessable('This Droplet has its kernel inside: it can not be changed from here.');
}

function checkPolicy(droplet: Droplet, { backup_policy }: ActionBody): void {
  if (!backup_policy) throw unprocessable('backup_policy is required.');
  if (!droplet.backupPolicy) throw unprocessable('Backups are not enabled for this Droplet.');
  policyOf(backup_policy);
}

const setPolicy: Pick<Kind, 'parameters' | 'after'> = {
  parameters: ({ backup_policy }) => ({ policy: policyOf(backup_policy) }),
  after: (droplet, { policy }) => ({ ...droplet, backupPolicy: policy as BackupPolicy }),
};
const setImage: Pick<Kind, 'parameters' | 'after'> = {
  parameters: ({ image }, { cloud }) => ({ image: findImage(cloud, image ?? '')?.id }),
  after: (droplet, { image }) => ({ ...droplet, image: Number(image), status: 'active' }),
};

export const KINDS: Readonly<Record<string, Kind>> = {
  power_on: {
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
    hardware: (hardware, after, { cloud }) => hardware.renameDroplet(dropletSpec(cloud, after)),
  },
  resize: {
    scope: 'droplet:create',
    check: checkResize,
    parameters: (body) => ({ size: body.size, disk: body.disk ?? false }),
    after: (droplet, { size: slug, disk }) => {
      const wanted = size(String(slug));
      return { ...droplet, size: wanted.slug, disk: disk ? wanted.disk : droplet.disk };
    },
    hardware: (hardware, after, { cloud }) => hardware.resizeDroplet(dropletSpec(cloud, after)),
  },
  rebuild: {
    scope: 'droplet:admin',
    check: checkRebuild,
    ...setImage,
    hardware: (hardware, after, { cloud }) => hardware.rebuildDroplet(dropletSpec(cloud, after)),
  },
  restore: { scope: 'droplet:admin', check: checkRestore, ...setImage, isOnRecordsOnly: true },
  snapshot: {
    scope: 'image:create',
    parameters: ({ name }) => ({ name }),
    also: ({ cloud }, droplet, action) => snapshotDroplet(cloud, droplet, action),
    isOnRecordsOnly: true,
    byTag: true,
  },
  password_reset: { scope: 'droplet:admin', check: mustBeOn, isOnRecordsOnly: true },
  change_kernel: { check: refuseKernel },
  enable_ipv6: {
    check: mustBeOff, // since September 2026
    after: (droplet) => ({ ...droplet, ipv6: ipv6Of(droplet.id) }),
    byTag: true,
  },
  enable_private_networking: {}, // all of them have it
  enable_backups: { ...setPolicy, byTag: true },
  change_backup_policy: { check: checkPolicy, ...setPolicy },
  disable_backups: { after: (droplet) => ({ ...droplet, backupPolicy: null }), byTag: true },
};
