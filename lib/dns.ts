import { Domain } from '@cdktf/provider-digitalocean/lib/domain';
import { Record as DnsRecord } from '@cdktf/provider-digitalocean/lib/record';
import { Construct } from 'constructs';
import type { Droplet } from './droplet';
import type { ReservedIp } from './reserved-ip';
import type { Settings } from './settings';

/** The Reserved IP outlives every droplet, so its names may be cached for a while. Seconds. */
const PUBLIC_TTL = 300;

/** The least that DigitalOcean accepts: so long a droplet's replacement stays unknown to the others. Seconds. */
const INTERNAL_TTL = 30;

export interface DnsProps {
  readonly settings: Settings;
  readonly reservedIp: ReservedIp;
  /** Internal names, each with the droplets whose private addresses it leads to. */
  readonly internalNames: Readonly<Record<string, readonly Droplet[]>>;
}

/**
 * The DNS zone: the domain and the apex lead to the Reserved IP, internal names to private addresses, and one authority alone may
 * make certificates.
 */
export class Dns extends Construct {
  private readonly zone: string;

  constructor(scope: Construct, id: string, { settings, reservedIp, internalNames }: DnsProps) {
    super(scope, id);
    const { zone, domain, zoneExists, prefix, tls } = settings;
    this.zone = zoneExists ? zone : new Domain(this, 'zone', { name: zone }).id;
    const host = domain === zone ? '@' : domain.slice(0, -zone.length - 1);
    this.address('domain', host, PUBLIC_TTL, reservedIp.address);
    if (!zoneExists && host !== '@') {
      this.address('apex', '@', PUBLIC_TTL, reservedIp.address);
    }
    if (tls) {
      new DnsRecord(this, 'caa', {
        domain: this.zone,
        type: 'CAA',
        // At the apex it would bind all of a zone that is not ours.
        name: zoneExists ? host : '@',
        ttl: PUBLIC_TTL,
        flags: 0,
        tag: 'issue',
        value: `${tls.caaIdentity}.`,
      });
    }
    for (const [name, droplets] of Object.entries(internalNames)) {
      for (const droplet of droplets) {
        this.address(
          droplet.name.slice(prefix.length + 1),
          `${name}.${prefix}.internal`,
          INTERNAL_TTL,
          droplet.privateIp,
        );
      }
    }
  }

  private address(id: string, name: string, ttl: number, value: string): void {
    new DnsRecord(this, id, { domain: this.zone, type: 'A', name, ttl, value });
  }
}
