import { Domain } from '@cdktf/provider-digitalocean/lib/domain';
import { Record as DnsRecord } from '@cdktf/provider-digitalocean/lib/record';
import { Fn, type ITerraformDependable, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { Droplet } from './droplet';
import type { ReservedIp } from './reserved-ip';
import type { Settings } from './settings';

/** The Reserved IP outlives every droplet, so its names may be cached for a while. Seconds. */
const PUBLIC_TTL = 300;

/** The least that DigitalOcean accepts. The droplets ask its own name servers, which tell of a change at once. Seconds. */
export const INTERNAL_TTL = 30;

export interface DnsProps {
  readonly settings: Settings;
  readonly reservedIp: ReservedIp;
}

/**
 * The DNS zone: the domain, the apex and the names of certificates lead to the Reserved IP, internal names to private addresses, and
 * one authority alone may make certificates.
 */
export class Dns extends Construct {
  /** Reference to the zone's name. */
  readonly zone: string;
  /** The record for the name that each load balancer's certificate has of its own, whatever that is; none without TLS. */
  readonly certificateNames?: ITerraformDependable;

  private readonly prefix: string;

  constructor(scope: Construct, id: string, { settings, reservedIp }: DnsProps) {
    super(scope, id);
    const { zone, domain, zoneExists, prefix, tls } = settings;
    this.prefix = prefix;
    // Others have put their records into it: mail, verifications.
    const lifecycle = { preventDestroy: settings.deletionProtection };
    this.zone = zoneExists ? zone : new Domain(this, 'zone', { name: zone, lifecycle }).id;
    const host = domain === zone ? '@' : domain.slice(0, -zone.length - 1);
    this.address('domain', host, PUBLIC_TTL, reservedIp.address);
    if (!zoneExists && host !== '@') {
      this.address('apex', '@', PUBLIC_TTL, reservedIp.address);
    }
    if (tls) {
      this.certificateNames = this.address(
        'certificate-names',
        `*.load-balancer${host === '@' ? '' : `.${host}`}`,
        PUBLIC_TTL,
        reservedIp.address,
      );
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
  }

  /** Leads an internal name to a droplet, under which others use it, as soon as something else is there. */
  use(name: string, droplet: Droplet, after: readonly ITerraformDependable[] = []): ITerraformDependable {
    return this.internal(this.shortName(droplet), name, droplet, after);
  }

  /** Leads an internal name to a droplet, under which the load balancers look at it before others use it. */
  watch(name: string, droplet: Droplet): ITerraformDependable {
    return this.internal(`watched-${this.shortName(droplet)}`, `watched.${name}`, droplet, []);
  }

  /** Tells the database droplet whether it was made from the present settings: nothing replaces it for their sake. */
  tellSettings(droplet: Droplet): void {
    new DnsRecord(this, 'settings', {
      domain: this.zone,
      type: 'TXT',
      name: `settings.database.${this.prefix}.internal`,
      ttl: INTERNAL_TTL,
      value: Token.asString(Fn.conditional(droplet.isCurrent, 'current', 'old')),
    });
  }

  private internal(
    id: string,
    name: string,
    droplet: Droplet,
    dependsOn: readonly ITerraformDependable[],
  ): ITerraformDependable {
    return this.address(id, `${name}.${this.prefix}.internal`, INTERNAL_TTL, droplet.privateIp, dependsOn);
  }

  private shortName({ name }: Droplet): string {
    return name.slice(this.prefix.length + 1);
  }

  private address(
    id: string,
    name: string,
    ttl: number,
    value: string,
    dependsOn: readonly ITerraformDependable[] = [],
  ): ITerraformDependable {
    return new DnsRecord(this, id, {
      domain: this.zone,
      type: 'A',
      name,
      ttl,
      value,
      dependsOn: dependsOn.length > 0 ? [...dependsOn] : undefined,
    });
  }
}
