import { Construct } from 'constructs';
import { certificateEnvironment } from './certificate';
import { Droplet } from './droplet';
import type { Network } from './network';
import type { ReservedIp } from './reserved-ip';
import type { Settings } from './settings';

export interface LoadBalancerProps {
  readonly settings: Settings;
  readonly network: Network;
  readonly reservedIp: ReservedIp;
}

/** The HAProxy cluster: two droplets, of which the one that holds the Reserved IP serves and the other watches it. */
export class LoadBalancer extends Construct {
  readonly droplets: readonly [Droplet, Droplet];

  constructor(scope: Construct, id: string, { settings, network, reservedIp }: LoadBalancerProps) {
    super(scope, id);
    const droplet = (index: 1 | 2) =>
      new Droplet(this, String(index), {
        settings,
        network,
        role: 'load-balancer',
        index,
        size: settings.loadBalancer.size,
        image: settings.loadBalancer.dropletImage,
        ownFiles: settings.loadBalancer.files,
        environment: {
          RESERVED_IP: reservedIp.address,
          INDEX: String(index),
          PEER: `load-balancer-${index === 1 ? 2 : 1}`,
          APEX: redirectedApex(settings),
          ...certificateEnvironment(settings),
        },
        secrets: { 'reserved-ip-token': `${reservedIp.token}\n` },
      });
    this.droplets = [droplet(1), droplet(2)];
  }
}

/** The bare zone redirects to the domain where it is ours to point here; else the value is a name that nobody asks for. */
function redirectedApex({ zone, domain, zoneExists }: Settings): string {
  return zoneExists || zone === domain ? 'apex.invalid' : zone;
}
