import { Record as DnsRecord } from '@cdktf/provider-digitalocean/lib/record';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Dns, INTERNAL_TTL } from './dns';
import type { Droplet } from './droplet';
import { Gate } from './gate';
import { parseImageReference } from './image-reference';
import type { ReservedIp } from './reserved-ip';
import type { Settings } from './settings';

export interface ReleaseProps {
  readonly settings: Settings;
  readonly dns: Dns;
  readonly reservedIp: ReservedIp;
  /** That run it, in order. */
  readonly appServers: readonly Droplet[];
  /** Without which nobody would get to see it. */
  readonly droplets: readonly Droplet[];
}

/**
 * Which release of the user's container each app droplet is to run: a TXT record of its own with the tag or the digest, for which
 * the droplet asks every other second. So a new release changes records and no droplet: first that of one app server, and when
 * visitors are served by it there, those of all others.
 */
export class Release extends Construct {
  private readonly release: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseProps,
  ) {
    super(scope, id);
    const { tag, digest } = parseImageReference(props.settings.app.image ?? '') ?? {};
    this.release = digest ?? tag ?? '';
    const [first, ...others] = props.appServers.map(({ name, privateIp }) => `${name}=${privateIp}`);
    const before = this.pointer(1, []);
    const gate = others.length > 0 ? [this.gate('first', [first ?? ''], 'serves', [before])] : [];
    const pointers = others.map((_, i) => this.pointer(i + 2, gate));
    this.gate('everywhere', [first ?? '', ...others], 'steady', [before, ...pointers]);
  }

  private pointer(index: number, dependsOn: ITerraformDependable[]): ITerraformDependable {
    const { dns, settings } = this.props;
    return new DnsRecord(this, `app-${index}`, {
      domain: dns.zone,
      type: 'TXT',
      name: releaseName(settings, index),
      ttl: INTERNAL_TTL,
      value: this.release,
      dependsOn,
    });
  }

  private gate(
    id: string,
    appServers: readonly string[],
    until: 'serves' | 'steady',
    pointers: ITerraformDependable[],
  ): ITerraformDependable {
    const { reservedIp, droplets } = this.props;
    return new Gate(this, id, {
      program: 'release',
      reservedIp,
      environment: { RELEASE: this.release, DROPLETS: appServers.join(), UNTIL: until },
      triggers: { release: this.release },
      after: [...pointers, ...droplets],
    });
  }
}

/** The name of an app droplet's record, within the zone. It is another one for each, so that one can be the first. */
export function releaseName({ prefix }: Settings, index: number): string {
  return `release.app-${index}.${prefix}.internal`;
}
