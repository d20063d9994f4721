import { resolve } from 'node:path';
import { Droplet as DropletResource } from '@cdktf/provider-digitalocean/lib/droplet';
import {
  dependable,
  Fn,
  type IResolvable,
  type ITerraformDependable,
  Op,
  type Postcondition,
  type Precondition,
  type TerraformResource,
  TerraformSelf,
} from 'cdktf';
import { Construct } from 'constructs';
import { logKey } from './log-key';
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
  /** Another one whose files it gets as well. @default - none */
  readonly addition?: string;
  /**
   * A folder of the user's whose files it gets after all others: see Additions. A path from the working directory.
   *
   * @default - none
   */
  readonly ownFiles?: string;
  /** Counts the droplets of a role, from 1. */
  readonly index: number;
  readonly size: string;
  readonly image: string;
  /** Lines of /etc/scale-up/stack.env beside those of every droplet. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files for all to read; see UserDataProps. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** Secret files; see UserDataProps. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Of a droplet that holds state. @default - none: it holds none, and its successor is created before it is destroyed */
  readonly state?: DropletState;
}

export interface DropletState {
  /** A volume is attached to one droplet at a time, so such a droplet is destroyed before its successor is created. */
  readonly volumeIds: string[];
  /** With which the droplet is replaced, and with nothing else: nobody is to lose a database because a file has changed. */
  readonly revision: TerraformResource;
  /** Without it the droplet is neither made nor changed. */
  readonly precondition: Precondition;
}

/** What only a new droplet gets. */
const ONLY_NEW = ['user_data', 'image', 'ssh_keys'];

/** The JSON wants an address here, where the binding would write a reference. */
const addressOf = ({ terraformResourceType, friendlyUniqueId }: TerraformResource) =>
  `${terraformResourceType}.${friendlyUniqueId}`;

/** DigitalOcean may call a droplet active before it tells its addresses: then nothing is to be made of the lack of one. */
const hasAddress = (name: string): Postcondition => ({
  condition: Fn.can(Fn.regex('[.]', TerraformSelf.getString('ipv4_address_private'))),
  errorMessage: `DigitalOcean does not tell the private address of ${name} yet, so nothing leads to it. Deploy again.`,
});

/** A droplet of the stack: the one place that makes one, so that none lacks monitoring, tags, the VPC or its firewall. */
export class Droplet extends Construct {
  readonly name: string;
  readonly role: Role;
  readonly id: string;
  readonly publicIp: string;
  readonly privateIp: string;
  private readonly settingsHash: string;
  private readonly resource: DropletResource;

  constructor(scope: Construct, id: string, props: DropletProps) {
    super(scope, id);
    const { settings, network, role, index, folder = role } = props;
    this.role = role;
    this.name = `${settings.prefix}-${role}-${index}`;
    const userData = new UserData(this, 'user-data', {
      folder,
      additions: [
        ...(props.addition ? [props.addition] : []),
        ...(props.ownFiles ? [resolve(props.ownFiles)] : []),
      ],
      environment: { ...this.commonEnvironment(settings, index), ...props.environment },
      files: props.files,
      secrets: { 'log-key': `${logKey(this)}\n`, ...props.secrets },
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
      volumeIds: props.state?.volumeIds,
      monitoring: true,
      // The agent behind the web console adds SSH keys on command and updates itself as root.
      dropletAgent: false,
      // A load balancer hands its Reserved IP over before it stops; the provider's 60 s are too short for all of it.
      gracefulShutdown: true,
      timeouts: { delete: '10m' },
      // A disk never shrinks: one that grew could not go back to a smaller size.
      resizeDisk: false,
      lifecycle: {
        ...(props.state
          ? {
              ignoreChanges: ONLY_NEW,
              replaceTriggeredBy: [addressOf(props.state.revision)],
              precondition: [props.state.precondition],
            }
          : { createBeforeDestroy: true }),
        postcondition: [hasAddress(this.name)],
      },
    });
    this.settingsHash = Fn.sha1(userData.rendered);
    this.id = this.resource.id;
    this.publicIp = this.resource.ipv4Address;
    this.privateIp = this.resource.ipv4AddressPrivate;
  }

  /** By which others wait for this droplet. */
  get fqn(): string {
    return this.resource.fqn;
  }

  /** Reference to whether the droplet was made from what would make it now. */
  get isCurrent(): IResolvable {
    return Op.eq(this.resource.userData, this.settingsHash);
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
