import { readFileSync } from 'node:fs';
import type { Flow } from './firewall';
import { ROLES, type Role } from './role';
import { roleOfTag } from './tag';

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has no narrower type here
export type Block = any;

/** What a stack is made of, in the words of the architecture. */
export interface Architecture {
  /** In the order in which a request meets their roles. */
  readonly tiers: readonly Tier[];
  readonly volumes: readonly VolumeOfStack[];
  readonly reservedIps: number;
  readonly uptimeChecks: number;
  /** Whether anything of the stack, its state included, lies in Spaces. */
  readonly usesSpaces: boolean;
  readonly flows: readonly Flow[];
  /** Where visitors go. */
  readonly url: string;
  readonly region: string;
}

export interface VolumeOfStack {
  /** "volume" is that of the data. */
  readonly what: 'volume' | 'work volume';
  readonly name: string;
  /** GiB. */
  readonly size: number;
}

/** The droplets of a role. */
export interface Tier {
  readonly role: Role;
  readonly droplets: readonly { readonly name: string; readonly size: string; readonly image: string }[];
}

/** Reads it from a stack's Terraform JSON. */
export function architectureOf(json: Block): Architecture {
  const blocks = (type: string): Block[] => Object.values(json.resource?.[`digitalocean_${type}`] ?? {});
  const droplets = Object.entries<Block>(json.resource?.digitalocean_droplet ?? {}).map(([id, droplet]) => ({
    ...droplet,
    role: roleOf(droplet, json, id),
  }));
  const endpoint = json.terraform?.backend?.s3?.endpoints?.s3 ?? '';
  return {
    tiers: ROLES.map((role) => ({
      role,
      droplets: droplets
        .filter((droplet) => droplet.role === role)
        .map(({ name, size, image }) => ({ name, size, image })),
    })),
    volumes: Object.entries<Block>(json.resource?.digitalocean_volume ?? {})
      .map(([id, { name, size }]) => ({ what: volumeKind(id), name, size }))
      .sort((one, other) => one.what.localeCompare(other.what)),
    reservedIps: blocks('reserved_ip').length,
    uptimeChecks: blocks('uptime_check').length,
    usesSpaces:
      [...blocks('spaces_bucket'), ...blocks('spaces_key')].length > 0 ||
      endpoint.endsWith('.digitaloceanspaces.com'),
    flows: json['//']?.flows ?? [],
    url: json.output?.url?.value ?? '',
    region: droplets[0]?.region ?? '',
  };
}

/** @param id its name in Terraform */
export function volumeKind(id: string): VolumeOfStack['what'] {
  return id.includes('backups') ? 'work volume' : 'volume';
}

/** The same, from the file of a synthesized stack. */
export function readArchitecture(file: string): Architecture {
  return architectureOf(JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * The role that the tags of a droplet or firewall name, directly or by reference.
 *
 * @param id its name in Terraform, which tells the role while a plan does not know the tags yet
 */
export function roleOf(
  { tags }: { readonly tags?: readonly string[] | null },
  json: Block,
  id = '',
): Role | undefined {
  const named = (tag: string): string => {
    const [, tagId = ''] = /^\$\{digitalocean_tag\.([\w-]+)\.(?:id|name)\}$/.exec(tag) ?? [];
    return json.resource?.digitalocean_tag?.[tagId]?.name ?? tag;
  };
  const byTag = (tags ?? []).map((tag) => roleOfTag(named(tag))).find((role) => role !== undefined);
  return byTag ?? ROLES.find((role) => new RegExp(`^${role}-\\d+$`).test(id));
}

const NAMES: Readonly<Record<Role, readonly [one: string, several: string]>> = {
  'load-balancer': ['load balancer', 'load balancers'],
  web: ['web server', 'web servers'],
  app: ['app server', 'app servers'],
  database: ['database', 'databases'],
};

/** "2 load balancers", "1 web server". */
export function counted(role: Role, count: number): string {
  return `${count} ${NAMES[role][count === 1 ? 0 : 1]}`;
}

/** "the web servers" of a tier, "the database". */
export function tierName(role: Role): string {
  return `the ${NAMES[role][role === 'database' ? 0 : 1]}`;
}
