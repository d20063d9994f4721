/** Everything that a droplet is made of when it boots. */
export interface DropletSpec {
  readonly id: number;
  readonly name: string;
  /** Slug of the image. */
  readonly image: string;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** GiB */
  readonly disk: number;
  readonly region: string;
  readonly userData?: string;
  /** Public keys, as in authorized_keys. */
  readonly sshKeys: readonly string[];
  readonly tags: readonly string[];
  readonly monitoring: boolean;
  readonly public: {
    readonly ip: string;
    readonly netmask: string;
    readonly gateway: string;
    readonly mac: string;
  };
  readonly anchor: { readonly ip: string; readonly netmask: string; readonly gateway: string };
  readonly private: {
    readonly ip: string;
    readonly netmask: string;
    readonly mac: string;
    readonly vpcId: string;
    readonly vpcRange: string;
  };
}

export interface VolumeSpec {
  readonly id: string;
  readonly name: string;
  readonly sizeGigabytes: number;
  readonly filesystem?: 'ext4' | 'xfs';
  readonly label?: string;
}

export interface FirewallRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** "80", "8000-9000" or "all"; "" for icmp. */
  readonly ports: string;
  /** CIDRs; tags and droplets are resolved. */
  readonly addresses: readonly string[];
}

/** The union of all firewalls of one droplet. A droplet without a firewall has no spec: all is allowed. */
export interface FirewallSpec {
  readonly dropletId: number;
  readonly inbound: readonly FirewallRule[];
  readonly outbound: readonly FirewallRule[];
}

/** What the API's records stand for. Each promise resolves when the thing is so, and rejects with one sentence. */
export interface Hardware {
  createDroplet(droplet: DropletSpec): Promise<void>;
  destroyDroplet(id: number): Promise<void>;
  rebuildDroplet(droplet: DropletSpec): Promise<void>;
  resizeDroplet(droplet: DropletSpec): Promise<void>;
  renameDroplet(droplet: DropletSpec): Promise<void>;
  powerOn(id: number): Promise<void>;
  /** At once, as if the plug were pulled: its links go too. */
  powerOff(id: number): Promise<void>;
  /** Gracefully. */
  shutdown(id: number): Promise<void>;
  reboot(id: number): Promise<void>;
  createVolume(volume: VolumeSpec): Promise<void>;
  destroyVolume(id: string): Promise<void>;
  resizeVolume(volume: VolumeSpec): Promise<void>;
  attachVolume(volumeId: string, dropletId: number): Promise<void>;
  detachVolume(volumeId: string, dropletId: number): Promise<void>;
  assignReservedIp(ip: string, dropletId: number | null): Promise<void>;
  /** The whole set, after each change. */
  setFirewalls(firewalls: readonly FirewallSpec[]): Promise<void>;
}
