import { join } from 'node:path';
import { AssetType, Fn, type ITerraformDependable, TerraformAsset, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { Droplet } from './droplet';
import { logKey } from './log-key';
import type { ReservedIp } from './reserved-ip';
import { TerraformData } from './terraform-data';

export interface GateProps {
  /** A file of lib/gate/. */
  readonly program: 'load-balancer' | 'release' | 'tier';
  readonly reservedIp: ReservedIp;
  /** What the program is told beside the Reserved IP. */
  readonly environment: Readonly<Record<string, string>>;
  /** The gate is passed again whenever one of these changes. */
  readonly triggers: Readonly<Record<string, unknown>>;
  /** What is there before anybody waits. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * Lets a deployment go on when the load balancers say so, and else ends it with the reason. A gate only reads, so one that is killed has
 * changed nothing; it has to be passed again until that has ended well.
 */
export class Gate extends Construct implements ITerraformDependable {
  readonly fqn: string;

  constructor(
    scope: Construct,
    id: string,
    { program, reservedIp, environment, triggers, after }: GateProps,
  ) {
    super(scope, id);
    const gate = new TerraformData(this, 'resource', {
      triggersReplace: triggers,
      dependsOn: [...after],
      provisioners: [
        {
          type: 'local-exec',
          command: `node ${programs(this)}/${program}.js`,
          environment: {
            ADDRESS: reservedIp.address,
            // Terraform would hide all that is said by a program that is told a secret.
            LOG_KEY: Fn.nonsensitive(logKey(this)),
            ...environment,
          },
        },
      ],
    });
    // Terraform would show the command, and that says nothing.
    gate.addOverride('provisioner.0.local-exec.quiet', true);
    this.fqn = gate.fqn;
  }
}

export interface DropletGateProps extends Pick<GateProps, 'reservedIp' | 'after'> {
  readonly program: 'load-balancer' | 'tier';
  /** That are waited for. */
  readonly droplets: readonly Droplet[];
  /** "fit", or what the program understands by having moved to them. */
  readonly until: string;
  /** What the program is told besides. @default - nothing */
  readonly environment?: GateProps['environment'];
}

/** A gate that is passed again for each new droplet. */
export class DropletGate extends Gate {
  constructor(scope: Construct, id: string, { droplets, until, environment, ...props }: DropletGateProps) {
    super(scope, id, {
      ...props,
      environment: {
        ...environment,
        DROPLETS: droplets.map(({ name, privateIp }) => `${name}=${privateIp}`).join(),
        UNTIL: until,
      },
      triggers: { droplets: droplets.map((droplet) => droplet.id) },
    });
  }
}

/** The folder of the programs, beside the synthesized JSON: one for the stack. */
function programs(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const existing = stack.node.tryFindChild('gate') as TerraformAsset | undefined;
  const asset =
    existing ??
    new TerraformAsset(stack, 'gate', { path: join(__dirname, 'gate'), type: AssetType.DIRECTORY });
  return asset.path;
}
