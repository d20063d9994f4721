import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from './settings';
import { escapeTemplate } from './user-data';

/** The user's own container: what an app droplet is told about it. Its secrets are sensitive variables, so none is in the JSON. */
export class Container extends Construct {
  /** Lines of /etc/scale-up/stack.env. */
  readonly stackEnvironment: Readonly<Record<string, string>>;
  /** Lines of the container's environment. Holds secrets, by reference. */
  readonly environment: string;
  /** Secret files beside the environment: the registry's user and password, a line each. */
  readonly secrets: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    { image = '', env, secrets, registry, readOnly }: Settings['app'],
  ) {
    super(scope, id);
    this.stackEnvironment = { APP_IMAGE: image, APP_READ_ONLY: String(readOnly) };
    this.environment = [
      ...secrets.map((name) => `${name}=${this.variable(name, `${name} in the environment of the app`)}\n`),
      // Last: cdktf takes no reference for one behind a "${" that is not closed, and a value may hold just that.
      ...Object.entries(env).map(([name, value]) => `${name}=${escapeTemplate(value)}\n`),
    ].join('');
    this.secrets = registry
      ? {
          registry: `${registry.username}\n${this.variable('registry_password', `Password or token of ${registry.username} at the registry of the app's image`)}\n`,
        }
      : {};
  }

  /** A reference to a sensitive variable, which TF_VAR_<name> sets. It becomes a line of a file, hence it must be one. */
  private variable(name: string, description: string): string {
    const variable = new TerraformVariable(this, name, {
      type: 'string',
      description,
      sensitive: true,
      nullable: false,
      validation: [
        {
          condition: `\${can(regex("^[ -~]+$", var.${name}))}`,
          errorMessage: `Set TF_VAR_${name} to one line of printable ASCII; base64 makes one of anything else.`,
        },
      ],
    });
    variable.overrideLogicalId(name);
    return variable.stringValue;
  }
}
