import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Dns } from './dns';
import type { Droplet } from './droplet';
import { DropletGate } from './gate';
import type { ReservedIp } from './reserved-ip';

export interface ReplacementProps {
  readonly tier: 'web' | 'app';
  readonly droplets: readonly Droplet[];
  readonly dns: Dns;
  readonly reservedIp: ReservedIp;
}

/**
 * How the droplets of a tier come and go without losing a request. New ones are made beside the old ones and led to by a name under
 * which the load balancers look at them. Once they serve, the name that is used changes in place; once everybody has followed, the old
 * ones are destroyed. Whatever is killed or fails on the way, the name that is used leads to droplets that serve.
 */
export class Replacement extends Construct {
  constructor(scope: Construct, id: string, { tier, droplets, dns, reservedIp }: ReplacementProps) {
    super(scope, id);
    const gate = (until: 'fit' | 'moved', after: readonly ITerraformDependable[]) =>
      new DropletGate(this, until, {
        program: 'tier',
        environment: { TIER: tier },
        ...{ reservedIp, droplets, until, after },
      });
    const watched = droplets.map((droplet) => dns.watch(tier, droplet));
    const fit = gate('fit', watched);
    const used = droplets.map((droplet) => dns.use(tier, droplet, [fit]));
    // Old droplets are destroyed after all that refers to their successors: this gate does, too.
    gate('moved', used);
  }
}
