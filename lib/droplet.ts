import { Droplet as DropletResource } from '@cdktf/provider-digitalocean/lib/droplet';
import { dependable, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { maintenanceTime } from './maintenance';
import type { Network } from './network';
import { ROLES, type Role } from './role';
import type { Settings } from './settings';
import { UserData } from './user-data';

export interface DropletProps {
  readonly settings: Settings;
  readonly network: Network;
  readonly role: Role;
  /** The folder of cloud-init/ that makes the droplet what it is. @default - the role's name */
  readonly folder?: string;
  /** Counts the droplets of a role, from 1. */
  readonly index: number;
  readonly size: string;
  readonly image: string;
  /** Lines of /etc/scale-up/stack.env beside those of every droplet. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Secret files; see UserDataProps. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Volumes that hold state. A volume is attached to one droplet at a time, so a droplet with a volume is destroyed
   * before its successor is created; one without is destroyed after.
   *
   * @default - none: the droplet is stateless
   */
  readonly volumeIds?: string[];
}

/** A droplet of the stack: the one place that makes one, so that none lacks monitoring, tags, the VPC or its firewall. */
export class Droplet extends Construct {
  readonly name: string;
  readonly role: Role;
  readonly id: string;
  readonly publicIp: string;
  readonly privateIp: string;
  private readonly resource: DropletResource;

  constructor(scope: Construct, id: string, props: DropletProps) {
    super(scope, id);
    const { settings, network, role, index, folder = role } = props;
    this.role = role;
    this.name = `${settings.prefix}-${role}-${index}`;
    const userData = new UserData(this, 'user-data', {
      folder,
      environment: { ...this.commonEnvironment(settings, index), ...props.environment },
      secrets: props.secrets,
    });
    this.resource = new DropletResource(this, 'resource', {
      name: this.name,
      region: settings.region,
      size: props.size,
      image: props.image,
      vpcUuid: network.vpc.id,
      tags: [network.stackTag.id, network.roleTag(role).id],
      sshKeys: settings.ssh.keys,
      userData: userData.rendered,
      volumeIds: props.volumeIds,
      monitoring: true,
      // The agent behind the web console adds SSH keys on command and updates itself as root.
      dropletAgent: false,
      // A load balancer hands its Reserved IP over before it stops; the provider's 60 s are too short for all of it.
      gracefulShutdown: true,
      timeouts: { delete: '10m' },
      lifecycle: { createBeforeDestroy: props.volumeIds === undefined },
    });
    this.id = this.resource.id;
    this.publicIp = this.resource.ipv4Address;
    this.privateIp = this.resource.ipv4AddressPrivate;
  }

  /** Makes Terraform create this droplet after something to which it has no reference, and destroy it before. */
  waitFor(other: ITerraformDependable): void {
    this.resource.dependsOn = [...(this.resource.dependsOn ?? []), dependable(other)];
  }

  private commonEnvironment(
    { prefix, domain, zone, vpcRange }: Settings,
    index: number,
  ): Record<string, string> {
    return {
      NAME: this.name,
      DOMAIN: domain,
      INTERNAL_DOMAIN: `${prefix}.internal.${zone}`,
      VPC_RANGE: vpcRange,
      MAINTENANCE_TIME: maintenanceTime(index, 2 * ROLES.indexOf(this.role)),
    };
  }
}
