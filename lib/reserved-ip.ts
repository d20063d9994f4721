import { ReservedIp as ReservedIpResource } from '@cdktf/provider-digitalocean/lib/reserved-ip';
import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from './settings';

/**
 * The address that the world knows. Terraform reserves it; the load balancers move it, by the rule in
 * cloud-init/load-balancer/usr/local/lib/scale-up/reserved_ip/decision.py.
 *
 * It has a region and no droplet on purpose: an assignment in Terraform's hands would undo a failover at the next apply.
 */
export class ReservedIp extends Construct {
  readonly address: string;
  /** The API token with which a load balancer moves the address: a sensitive variable, so it is not in the JSON. */
  readonly token: string;

  constructor(scope: Construct, id: string, { region, deletionProtection }: Settings) {
    super(scope, id);
    const resource = new ReservedIpResource(this, 'resource', {
      region,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.address = resource.ipAddress;
    const token = new TerraformVariable(this, 'token', {
      type: 'string',
      description:
        'DigitalOcean API token with which the load balancers move the Reserved IP (scope reserved_ip:update and those it forces)',
      sensitive: true,
      nullable: false,
      validation: [
        {
          condition: '${can(regex("^[!-~]+$", var.reserved_ip_token))}',
          errorMessage:
            'Set TF_VAR_reserved_ip_token to one DigitalOcean API token, without spaces or line ends.',
        },
      ],
    });
    token.overrideLogicalId('reserved_ip_token');
    this.token = token.stringValue;
  }
}
