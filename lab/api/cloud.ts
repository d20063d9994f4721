import type { Action } from './action';
import { ANCHOR, address, netmask, PUBLIC, privateGateway } from './addresses';
import { publicImage, size } from './catalogue';
import { unprocessable } from './errors';
import type { DropletSpec, VolumeSpec } from './hardware';
import type {
  AlertPolicy,
  Destruction,
  Domain,
  DomainRecord,
  Droplet,
  Firewall,
  Project,
  ProjectResource,
  ReservedIp,
  Snapshot,
  SshKey,
  Tag,
  UptimeAlert,
  UptimeCheck,
  Volume,
  Vpc,
} from './records';
import { Store } from './store';

const FIRST_ID = 400_000_000;

/** The state of the account: what the API changes, and what the lab's DNS, metadata and status read. */
export class Cloud {
  readonly store: Store;
  readonly actions;
  readonly droplets;
  readonly userData;
  readonly destructions;
  readonly vpcs;
  readonly volumes;
  readonly snapshots;
  readonly reservedIps;
  readonly firewalls;
  readonly domains;
  readonly domainRecords;
  readonly alertPolicies;
  readonly uptimeChecks;
  readonly uptimeAlerts;
  readonly sshKeys;
  readonly projects;
  readonly projectResources;
  readonly tags;
  private readonly counters;

  readonly actionsBySubject;
  private readonly pending;
  private readonly dropletsByName;
  readonly dropletsByTag;
  readonly dropletsByVpc;
  readonly dropletsByAddress;
  readonly dropletsByImage;
  readonly volumesByTag;
  readonly volumesByDroplet;
  readonly snapshotsByTag;
  readonly snapshotsByResource;
  readonly reservedIpByDroplet;
  readonly recordsByDomain;
  readonly alertsByCheck;
  readonly resourcesByProject;

  private readonly listeners = new Set<() => void>();

  /** @param file where the state outlives the process; without it the state is lost with the process */
  constructor(file?: string) {
    const store = new Store(file);
    this.store = store;
    this.counters = store.collection<string, number>('counters');
    this.actions = store.collection<number, Action>('actions');
    this.droplets = store.collection<number, Droplet>('droplets');
    this.userData = store.collection<number, string>('user_data');
    this.destructions = store.collection<number, Destruction>('destructions');
    this.vpcs = store.collection<string, Vpc>('vpcs');
    this.volumes = store.collection<string, Volume>('volumes');
    this.snapshots = store.collection<string, Snapshot>('snapshots');
    this.reservedIps = store.collection<string, ReservedIp>('reserved_ips');
    this.firewalls = store.collection<string, Firewall>('firewalls');
    this.domains = store.collection<string, Domain>('domains');
    this.domainRecords = store.collection<number, DomainRecord>('domain_records');
    this.alertPolicies = store.collection<string, AlertPolicy>('alert_policies');
    this.uptimeChecks = store.collection<string, UptimeCheck>('uptime_checks');
    this.uptimeAlerts = store.collection<string, UptimeAlert>('uptime_alerts');
    this.sshKeys = store.collection<number, SshKey>('ssh_keys');
    this.projects = store.collection<string, Project>('projects');
    this.projectResources = store.collection<string, ProjectResource>('project_resources');
    this.tags = store.collection<string, Tag>('tags');

    this.actionsBySubject = this.actions.index((action) => action.subjects);
    this.pending = this.actions.index((action) => (action.status === 'in-progress' ? action.subjects : []));
    this.dropletsByTag = this.droplets.index((droplet) => droplet.tags);
    this.dropletsByVpc = this.droplets.index((droplet) => [droplet.vpcId]);
    this.dropletsByName = this.droplets.index((droplet) => [droplet.name.toLowerCase()]);
    this.dropletsByImage = this.droplets.index((droplet) => [droplet.image]);
    this.dropletsByAddress = this.droplets.index((d) => [
      d.publicIp,
      d.anchorIp,
      `${d.vpcId} ${d.privateIp}`,
    ]);
    this.volumesByTag = this.volumes.index((volume) => volume.tags);
    this.volumesByDroplet = this.volumes.index(({ dropletId }) => (dropletId === null ? [] : [dropletId]));
    this.snapshotsByTag = this.snapshots.index((snapshot) => snapshot.tags);
    this.snapshotsByResource = this.snapshots.index((one) => [`${one.resourceType}:${one.resourceId}`]);
    this.reservedIpByDroplet = this.reservedIps.index(({ dropletId }) =>
      dropletId === null ? [] : [dropletId],
    );
    this.recordsByDomain = this.domainRecords.index((record) => [record.domain]);
    this.alertsByCheck = this.uptimeAlerts.index((alert) => [alert.checkId]);
    this.resourcesByProject = this.projectResources.index((resource) => [resource.projectId]);
    store.load();
  }

  /** The next id of a droplet, action, SSH key or domain record. */
  nextId(): number {
    return this.counters.set('id', (this.counters.get('id') ?? FIRST_ID) + 1);
  }

  /** The unfinished actions on a subject such as `droplet:1`. */
  pendingActions(subject: string): Action[] {
    return this.pending.get(subject);
  }

  isPending(subject: string): boolean {
    return this.pending.has(subject);
  }

  /** Whether an action on the droplet has not ended. That a volume of it grows is no event of the droplet. */
  isLocked(dropletId: number): boolean {
    return this.pendingActions(`droplet:${dropletId}`).some(({ type }) => type !== 'resize_volume');
  }

  /** @throws 422 while the droplet is locked */
  refusePending(dropletId: number): void {
    if (this.isLocked(dropletId)) throw unprocessable('Droplet already has a pending event.');
  }

  /** The DNS records of a zone; undefined when the zone is not served here. */
  records(zone: string): readonly DomainRecord[] | undefined {
    return this.domains.has(zone) ? this.recordsByDomain.get(zone) : undefined;
  }

  /** The public image that a droplet has, or descends from by snapshots. */
  baseImage({ image }: Droplet) {
    const base = publicImage(image) ?? publicImage(this.snapshots.get(String(image))?.baseImage ?? 0);
    if (!base) throw new Error(`image ${image} descends from nothing`);
    return base;
  }

  /** Droplets by name, whatever the case of its letters. */
  dropletsNamed(name: string): Droplet[] {
    return this.dropletsByName.get(name.toLowerCase());
  }

  reservedIpOf(dropletId: number): ReservedIp | undefined {
    return this.reservedIpByDroplet.get(dropletId)[0];
  }

  /** Everything a droplet is made of. */
  dropletSpec(droplet: Droplet): DropletSpec {
    const { vcpus, memory } = size(droplet.size);
    const vpc = this.vpcs.get(droplet.vpcId) as Vpc;
    return {
      id: droplet.id,
      name: droplet.name,
      image: this.baseImage(droplet).slug,
      vcpus,
      memory,
      disk: droplet.disk,
      region: droplet.region,
      userData: this.userData.get(droplet.id),
      sshKeys: droplet.sshKeys,
      tags: droplet.tags,
      monitoring: droplet.monitoring,
      public: { ...address(PUBLIC, droplet.publicIp), mac: mac(droplet.publicIp) },
      anchor: address(ANCHOR, droplet.anchorIp),
      private: {
        ip: droplet.privateIp,
        netmask: netmask(vpc.ipRange),
        mac: mac(droplet.privateIp),
        vpcId: vpc.id,
        vpcRange: vpc.ipRange,
      },
    };
  }

  volumeSpec(volume: Volume): VolumeSpec {
    const filesystem = volume.filesystemType === '' ? undefined : (volume.filesystemType as 'ext4' | 'xfs');
    const label = volume.filesystemLabel === '' ? undefined : volume.filesystemLabel;
    return { id: volume.id, name: volume.name, sizeGigabytes: volume.sizeGigabytes, filesystem, label };
  }

  /** The gateway of a droplet's private network. */
  privateGateway(droplet: Droplet): string {
    return privateGateway((this.vpcs.get(droplet.vpcId) as Vpc).ipRange);
  }

  /** Calls `listener` after each change of anything; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** A locally administered hardware address made from an IPv4 address. */
function mac(ip: string): string {
  const bytes = ip.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}
