import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Dns } from './dns';
import type { Droplet } from './droplet';
import { DropletGate } from './gate';
import type { ReservedIp } from './reserved-ip';

export interface LoadBalancerReplacementProps {
  readonly droplets: readonly Droplet[];
  readonly dns: Dns;
  readonly reservedIp: ReservedIp;
}

/**
 * How load balancers come and go without losing a request. New ones are made beside the old ones. Once both could serve, one after the
 * other takes its predecessor's name: only who has a name may hold the Reserved IP, and who has lost its name hands it over. Once the
 * others know the new one by its name, its predecessor is destroyed.
 */
export class LoadBalancerReplacement extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { droplets: all, dns, reservedIp }: LoadBalancerReplacementProps,
  ) {
    super(scope, id);
    const gate = (
      gateId: string,
      until: string,
      droplets: readonly Droplet[],
      after: readonly ITerraformDependable[],
    ) => new DropletGate(this, gateId, { program: 'load-balancer', reservedIp, droplets, until, after });
    const named = all.map((droplet, i) => ({ droplet, name: `load-balancer-${i + 1}` }));
    const watched = named.map(({ droplet, name }) => dns.watch(name, droplet));
    let before: ITerraformDependable = gate('fit', 'fit', all, watched);
    named.forEach(({ droplet, name }, i) => {
      const used = dns.use(name, droplet, [before]);
      before = gate(`${i + 1}-moved`, name, [droplet], [used]);
    });
  }
}
