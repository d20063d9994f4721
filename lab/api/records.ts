/** What the lab keeps of each thing. The shapes that clients see are made from these, in the file of each resource. */

export interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly ipRange: string;
  readonly isDefault: boolean;
  readonly createdAt: string;
}

export interface BackupPolicy {
  readonly plan: 'daily' | 'weekly';
  /** UTC */
  readonly hour: number;
  /** Of the weekly plan: SUN, MON, ... */
  readonly weekday?: string;
}

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: 'new' | 'active' | 'off';
  readonly region: string;
  readonly size: string;
  /** GiB; a resize without disk keeps the old one. */
  readonly disk: number;
  /** A public image, or a snapshot. */
  readonly image: number;
  readonly monitoring: boolean;
  /** None: no backups. */
  readonly backupPolicy: BackupPolicy | null;
  readonly agent: boolean;
  readonly ipv6: string | null;
  readonly tags: readonly string[];
  readonly vpcId: string;
  /** Public keys, as in authorized_keys. */
  readonly sshKeys: readonly string[];
  /** Has the public address, and may have a Reserved IP. */
  readonly isPublic: boolean;
  readonly publicIp: string;
  readonly privateIp: string;
  readonly anchorIp: string;
  readonly createdAt: string;
  /** When it first became active; its addresses show a while after that. */
  readonly activeAt: string | null;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What can be destroyed together with a droplet. */
export interface Associated {
  readonly reservedIps: readonly Named[];
  /** Of the droplet and of its volumes. */
  readonly snapshots: readonly (Named & { readonly of: 'droplet' | 'volume' })[];
  readonly volumes: readonly Named[];
}

/** The last request to destroy a droplet together with what belongs to it. */
export interface Destruction {
  readonly droplet: Named;
  readonly associated: Associated;
  readonly actionId: number;
}

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly sizeGigabytes: number;
  readonly filesystemType: string;
  readonly filesystemLabel: string;
  readonly tags: readonly string[];
  readonly dropletId: number | null;
  readonly createdAt: string;
}

/** Of a droplet or of a volume. */
export interface Snapshot {
  /** A number, as text, of a droplet's; a UUID of a volume's. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly resourceType: 'droplet' | 'volume';
  readonly resourceId: string;
  readonly regions: readonly string[];
  readonly minDiskSize: number;
  readonly sizeGigabytes: number;
  readonly tags: readonly string[];
  readonly createdAt: string;
  /** The public image that the droplet descends from; null for a volume's. */
  readonly baseImage: number | null;
  readonly distribution: string;
  /** Empty for a droplet's. */
  readonly filesystemType: string;
  readonly filesystemLabel: string;
}

export interface ReservedIp {
  readonly ip: string;
  readonly region: string;
  readonly dropletId: number | null;
  readonly createdAt: string;
}

export interface Peers {
  readonly addresses?: readonly string[];
  readonly droplet_ids?: readonly number[];
  readonly tags?: readonly string[];
}

export interface Rule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** "80", "8000-9000", or "0" for all. */
  readonly ports: string;
  readonly peers: Peers;
}

export interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly inbound: readonly Rule[];
  readonly outbound: readonly Rule[];
  readonly dropletIds: readonly number[];
  readonly tags: readonly string[];
  readonly createdAt: string;
}

export interface Domain {
  readonly name: string;
  readonly ttl: number;
}

export interface DomainRecord {
  readonly id: number;
  readonly domain: string;
  readonly type: string;
  readonly name: string;
  /** Without the trailing dot of a full name. */
  readonly data: string;
  readonly priority: number | null;
  readonly port: number | null;
  readonly ttl: number;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
}

export interface SlackTarget {
  readonly channel: string;
  readonly url: string;
}

export interface Notifications {
  readonly email: readonly string[];
  readonly slack: readonly SlackTarget[];
}

export interface AlertPolicy {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly compare: string;
  readonly value: number;
  readonly window: string;
  readonly entities: readonly string[];
  readonly tags: readonly string[];
  readonly alerts: Notifications;
  readonly enabled: boolean;
}

export interface UptimeCheck {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly regions: readonly string[];
  readonly enabled: boolean;
  readonly createdAt: string;
}

export interface UptimeAlert {
  readonly id: string;
  readonly checkId: string;
  readonly name: string;
  readonly type: string;
  readonly threshold?: number;
  readonly comparison?: string;
  readonly notifications: Notifications;
  readonly period?: string;
}

export interface SshKey {
  readonly id: number;
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly name: string;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly environment: string;
  readonly isDefault: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ProjectResource {
  readonly urn: string;
  /** The URN that a client used for it. */
  readonly shownAs?: string;
  readonly projectId: string;
  readonly assignedAt: string;
}

export interface Tag {
  readonly name: string;
}
