import { z } from 'zod';
import { LIMITS } from '../account/account';
import type { Api } from '../api';
import { isRegion, isSize, regionSlugs, size } from '../catalogue/catalogue';
import { findImage } from '../image/image';
import { assignToDefaultProject } from '../project/project-member';
import { ANCHOR, freeAddress, PUBLIC } from '../server/addresses';
import type { Cloud } from '../server/cloud';
import { forbidden, notImplemented, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import type { Caller } from '../server/scopes';
import { findSshKey } from '../ssh-key/ssh-key';
import type { SshKey } from '../ssh-key/stored-ssh-key';
import { ensureTags, tagName } from '../tag/tag';
import { VOLUMES, type Volume } from '../volume/stored-volume';
import { refuseAttachment } from '../volume/volume-action';
import { findVolume } from '../volume/volume-create';
import { VPCS, type Vpc } from '../vpc/stored-vpc';
import { defaultVpc } from '../vpc/vpc';
import { backupPolicyBody, policyOf } from './backup-policy';
import { DROPLETS, type Droplet, USER_DATA } from './stored-droplet';

const LONGEST_USER_DATA = 64 * 1024;
const HOSTNAME = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;

export const dropletName = z
  .string()
  .min(1)
  .max(255)
  .regex(HOSTNAME, 'Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');

const volumeByObject = guess(
  'the document has plain ids; godo and the provider send objects',
  z.union([z.object({ id: z.string() }), z.object({ name: z.string() })]),
);

export const createBody = openapi(
  z.strictObject({
    name: dropletName.nullish(),
    names: z.array(dropletName).min(1).nullish(),
    region: z.string().nullish(),
    size: z.string(),
    image: z.union([z.string(), z.int()], 'must be an id or a slug'),
    ssh_keys: z.array(z.union([z.string(), z.int()], 'must be an id or a fingerprint')).nullish(),
    backups: z.boolean().nullish(),
    backup_policy: backupPolicyBody.nullish(),
    ipv6: z.boolean().nullish(),
    monitoring: z.boolean().nullish(),
    tags: z.array(tagName).nullish(),
    user_data: z.string().nullish(),
    private_networking: z.boolean().nullish(),
    volumes: z.array(z.union([z.string(), volumeByObject], 'must be the id of a volume')).nullish(),
    vpc_uuid: z.string().nullish(),
    with_droplet_agent: z.boolean().nullish(),
    public_networking: z.boolean().nullish(),
  }),
);
type CreateBody = z.infer<typeof createBody>;

/** Everything that a create call names, looked up and found good. */
interface Plan {
  readonly names: readonly string[];
  readonly region: string;
  readonly image: number;
  readonly keys: readonly SshKey[];
  readonly volumes: readonly Volume[];
  readonly vpc: Vpc;
}

/** @throws 403 when the call uses what the caller's scopes do not cover */
export function authorizeParts(body: CreateBody, caller: Caller): void {
  const needed: Readonly<Record<string, boolean>> = {
    'ssh_key:read': Boolean(body.ssh_keys?.length),
    'tag:create': Boolean(body.tags?.length),
    'block_storage:read': Boolean(body.volumes?.length),
    'vpc:read': Boolean(body.vpc_uuid),
  };
  for (const [scope, isNeeded] of Object.entries(needed))
    if (isNeeded && !caller.can(scope)) throw forbidden();
}

/** @throws 422 for the first thing that is wrong with the call; changes nothing but a missing default VPC */
function check({ cloud, isRecordsOnly, options: { account } }: Api, body: CreateBody): Plan {
  if (body.name && body.names) throw unprocessable('Give either name or names, not both.');
  const names = body.names ?? (body.name ? [body.name] : []);
  if (names.length === 0) throw unprocessable('name is required.');
  if (names.length > LIMITS.dropletsPerCall)
    throw unprocessable('At most 10 Droplets can be created by one call.');
  if (cloud.of(DROPLETS).size + names.length > account.dropletLimit)
    throw unprocessable('creating this/these droplet(s) will exceed your droplet limit');
  if (body.public_networking === false && !isRecordsOnly)
    throw notImplemented('A Droplet without a public network (public_networking)');
  if (body.public_networking === false && body.ipv6)
    throw unprocessable('ipv6 must be false when public_networking is.');
  if (body.backup_policy && !body.backups) throw unprocessable('backup_policy needs backups to be true.');
  const region = regionOf(cloud, body);
  if (!isSize(body.size)) throw unprocessable('You specified an invalid size for Droplet creation.');
  if (account.soldOut.includes(region)) throw unprocessable(`Region ${region} is not available.`);
  if (account.soldOut.includes(body.size)) throw unprocessable(`Size is not available in this region.`);
  const image = findImage(cloud, body.image);
  if (image?.status !== 'available' || !image.regions.includes(region))
    throw unprocessable('You specified an invalid image for Droplet creation.');
  if ((image.min_disk_size ?? 0) > size(body.size).disk)
    throw unprocessable('The image needs a larger disk than this size has.');
  if (Buffer.byteLength(body.user_data ?? '') > LONGEST_USER_DATA)
    throw unprocessable('User data exceeds the maximum size of 64KB.');
  const keys = (body.ssh_keys ?? []).map((identifier) => {
    const key = findSshKey(cloud, identifier);
    if (!key) throw unprocessable(`${identifier} are invalid key identifiers for Droplet creation.`);
    return key;
  });
  const volumes = checkVolumes(cloud, body, region, names.length);
  return { names, region, image: image.id, keys, volumes, vpc: checkVpc(cloud, body.vpc_uuid, region) };
}

/** A region by its slug or the beginning of one ("nyc"); without one, where the VPC is. @throws 422 */
function regionOf(cloud: Cloud, { region, vpc_uuid }: CreateBody): string {
  if (!region) return cloud.of(VPCS).get(vpc_uuid ?? '')?.region ?? 'nyc3';
  const slug = isRegion(region) ? region : regionSlugs.find((one) => one.replace(/\d+$/, '') === region);
  if (!slug) throw unprocessable('You specified an invalid region for Droplet creation.');
  return slug;
}

function checkVolumes(cloud: Cloud, body: CreateBody, region: string, droplets: number): Volume[] {
  if (body.volumes?.length && droplets > 1)
    throw unprocessable('Volumes can be attached to a single Droplet only.');
  const volumes = (body.volumes ?? []).map((given) => {
    const byName = typeof given === 'object' && 'name' in given;
    const id = typeof given === 'string' ? given : Object.values(given)[0];
    const volume = byName ? findVolume(cloud, region, given.name) : cloud.of(VOLUMES).get(id ?? '');
    if (!volume) throw unprocessable(`Volume ${id} does not exist.`);
    refuseAttachment(cloud, volume, region);
    return volume;
  });
  if (volumes.length > LIMITS.volumesPerDroplet)
    throw unprocessable('The Droplet would have more volumes than it can have.');
  return [...new Set(volumes)];
}

function checkVpc(cloud: Cloud, id: string | null | undefined, region: string): Vpc {
  if (!id) return defaultVpc(cloud, region);
  const vpc = cloud.of(VPCS).get(id);
  if (!vpc) throw unprocessable('The VPC does not exist.');
  if (vpc.region !== region) throw unprocessable('The Droplet and its VPC must be in the same region.');
  return vpc;
}

/** Records the droplets that a call asks for; booting them is the work of their create actions. */
export function createDroplets(
  api: Api,
  body: CreateBody,
): { droplets: Droplet[]; volumes: readonly Volume[] } {
  const { cloud } = api;
  const plan = check(api, body);
  const tags = ensureTags(cloud, body.tags ?? []);
  const droplets = plan.names.map((name) => {
    const id = cloud.nextId();
    const taken = {
      count: cloud.of(DROPLETS).size,
      has: (ip: string) => cloud.of(DROPLETS).byAddress.has(ip),
    };
    const takenInVpc = {
      count: cloud.of(DROPLETS).byVpc.count(plan.vpc.id),
      has: (ip: string) => cloud.of(DROPLETS).byAddress.has(`${plan.vpc.id} ${ip}`),
    };
    if (body.user_data) cloud.of(USER_DATA).set(id, body.user_data);
    assignToDefaultProject(cloud, `do:droplet:${id}`);
    return cloud.of(DROPLETS).set(id, {
      id,
      name,
      status: 'new',
      region: plan.region,
      size: body.size,
      disk: size(body.size).disk,
      image: plan.image,
      monitoring: body.monitoring ?? false,
      backupPolicy: body.backups ? policyOf(body.backup_policy) : null,
      agent: body.with_droplet_agent ?? true,
      ipv6: body.ipv6 ? ipv6Of(id) : null,
      tags,
      vpcId: plan.vpc.id,
      sshKeys: plan.keys.map(({ publicKey }) => publicKey),
      isPublic: body.public_networking ?? true,
      publicIp: freeAddress(cloud, PUBLIC, taken),
      anchorIp: freeAddress(cloud, ANCHOR, taken),
      privateIp: freeAddress(cloud, plan.vpc.ipRange, takenInVpc, 2),
      createdAt: new Date().toISOString(),
      activeAt: null,
    });
  });
  return { droplets, volumes: plan.volumes };
}

/** From the range for documentation: a record only, the lab's networks speak IPv4. */
export const ipv6Of = (id: number) => `2001:db8::${(id >>> 16).toString(16)}:${(id & 0xffff).toString(16)}`;
