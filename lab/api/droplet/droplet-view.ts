import { z } from 'zod';
import type { Api } from '../api';
import { localDisk, regionAnswer, regionView, size, sizeAnswer } from '../catalogue/catalogue';
import { findImage, imageAnswer } from '../image/image';
import { reservedIpOf } from '../reserved-ip/stored-reserved-ip';
import { address, netmask, PUBLIC, privateGateway } from '../server/addresses';
import { found } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import type { Call } from '../server/route';
import type { Caller } from '../server/scopes';
import { second } from '../server/time';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { VOLUMES } from '../volume/stored-volume';
import { VPCS, type Vpc } from '../vpc/stored-vpc';
import { nextWindow, nextWindowAnswer } from './backup-policy';
import { DROPLETS, type Droplet, isLocked } from './stored-droplet';

const v4 = z.strictObject({
  ip_address: z.ipv4(),
  netmask: z.ipv4(),
  gateway: z.string(),
  type: z.enum(['public', 'private']),
});
const v6 = z.strictObject({
  ip_address: z.ipv6(),
  netmask: z.int(),
  gateway: z.ipv6(),
  type: z.literal('public'),
});

export const dropletAnswer = openapi(
  z.strictObject({
    id: z.int(),
    name: z.string(),
    memory: z.int(),
    vcpus: z.int(),
    disk: z.int(),
    disk_info: z.array(
      z.strictObject({ type: z.string(), size: z.strictObject({ amount: z.int(), unit: z.string() }) }),
    ),
    locked: z.boolean(),
    status: z.enum(['new', 'active', 'off', 'archive']),
    kernel: z.null(),
    created_at: z.iso.datetime(),
    features: z.array(z.string()),
    backup_ids: z.array(z.int()),
    next_backup_window: nextWindowAnswer,
    snapshot_ids: z.array(z.int()),
    image: imageAnswer,
    volume_ids: z.array(z.string()),
    size: sizeAnswer,
    size_slug: z.string(),
    networks: z.strictObject({ v4: z.array(v4), v6: z.array(v6) }),
    region: regionAnswer,
    tags: z.array(z.string()),
    vpc_uuid: z.string().optional(),
  }),
  'droplet',
);

function features({ agent, backupPolicy, ipv6, monitoring }: Droplet): string[] {
  const backups = backupPolicy !== null;
  const all = { backups, droplet_agent: agent, ipv6: ipv6 !== null, monitoring, private_networking: true };
  return Object.entries(all)
    .filter(([, has]) => has)
    .map(([feature]) => feature);
}

/** A droplet's addresses come late: the lists stay empty until some time after it became active. */
function networks({ cloud, options }: Api, droplet: Droplet) {
  const since = droplet.activeAt === null ? -1 : Date.now() - Date.parse(droplet.activeAt);
  if (since < options.addressDelay) return { v4: [], v6: [] };
  const { ip, netmask: mask, gateway } = address(PUBLIC, droplet.publicIp);
  const vpc = cloud.of(VPCS).get(droplet.vpcId) as Vpc;
  const own = {
    ip_address: droplet.privateIp,
    netmask: netmask(vpc.ipRange),
    gateway: privateGateway(vpc.ipRange),
  };
  const reserved = reservedIpOf(cloud, droplet.id)?.ip;
  const open = [droplet.isPublic ? ip : [], reserved ?? []].flat();
  const six = droplet.ipv6 && {
    ip_address: droplet.ipv6,
    netmask: 64,
    gateway: '2001:db8::1',
    type: 'public',
  };
  return {
    v4: [
      { ...own, type: 'private' },
      ...open.map((ip_address) => ({ ip_address, netmask: mask, gateway, type: 'public' })),
    ],
    v6: six ? [six] : [],
  };
}

/** The droplet that a call names. @throws 404 */
export function dropletOf({ cloud }: Api, { params }: Pick<Call, 'params'>): Droplet {
  const droplet = cloud.of(DROPLETS).get(idOf(params.droplet_id));
  return found(droplet, 'The resource you were accessing could not be found.');
}

/** A droplet as the caller may see it: some fields need a scope of their own. */
export function dropletView(api: Api, droplet: Droplet, caller: Caller) {
  const { cloud } = api;
  const plan = size(droplet.size);
  const volumes = caller.can('block_storage:read') ? cloud.of(VOLUMES).byDroplet.get(droplet.id) : [];
  return {
    id: droplet.id,
    name: droplet.name,
    memory: plan.memory,
    vcpus: plan.vcpus,
    disk: droplet.disk,
    disk_info: localDisk(droplet.disk),
    locked: isLocked(cloud, droplet.id),
    status: droplet.status,
    kernel: null,
    created_at: second(droplet.createdAt),
    features: features(droplet),
    backup_ids: [],
    next_backup_window: nextWindow(droplet),
    snapshot_ids: cloud
      .of(SNAPSHOTS)
      .byResource.get(`droplet:${droplet.id}`)
      .map(({ id }) => Number(id)),
    image: findImage(cloud, droplet.image),
    volume_ids: volumes.map(({ id }) => id),
    size: plan,
    size_slug: droplet.size,
    networks: networks(api, droplet),
    region: regionView(droplet.region),
    tags: caller.can('tag:read') ? droplet.tags : [],
    ...(caller.can('vpc:read') ? { vpc_uuid: droplet.vpcId } : {}),
  };
}
