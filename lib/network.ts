import { Tag } from '@cdktf/provider-digitalocean/lib/tag';
import { Vpc } from '@cdktf/provider-digitalocean/lib/vpc';
import { Construct } from 'constructs';
import { ROLES, type Role } from './role';
import type { Settings } from './settings';
import { tagName } from './tag';

/** The private network of the stack, and the tags by which firewalls and alerts find its droplets. */
export class Network extends Construct {
  /** Every droplet is in this VPC. */
  readonly vpc: Vpc;
  /** Carried by every droplet of the stack. */
  readonly stackTag: Tag;
  private readonly roleTags: Record<Role, Tag>;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { prefix, region, vpcRange, domain, deletionProtection } = settings;
    this.vpc = new Vpc(this, 'vpc', {
      name: prefix,
      region,
      ipRange: vpcRange,
      description: `Private network of ${domain}`,
      // Droplets leave a VPC's member list late, and a VPC with members can't be deleted.
      timeouts: { delete: '10m' },
      // Another range is another VPC: it would cost the database droplet, and then fail, since the name is taken.
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.stackTag = new Tag(this, 'stack-tag', { name: tagName(settings) });
    this.roleTags = Object.fromEntries(
      ROLES.map((role) => [role, new Tag(this, `${role}-tag`, { name: tagName(settings, role) })]),
    ) as Record<Role, Tag>;
  }

  /** The tag of every droplet with this role. */
  roleTag(role: Role): Tag {
    return this.roleTags[role];
  }
}
