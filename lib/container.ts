import { Construct } from 'constructs';
import { scheme } from './certificate';
import { parseImageReference } from './image-reference';
import { releaseName } from './release';
import { secretVariable } from './secret-variable';
import type { Settings } from './settings';
import { escapeTemplate } from './user-data';

/**
 * The user's own container: what an app droplet is told about it when it is made. Which release of it runs is told later (Release).
 * Its secrets are sensitive variables, so none is in the JSON.
 */
export class Container extends Construct {
  /** Lines of the container's environment. Holds secrets, by reference. */
  readonly environment: string;
  /** Secret files beside the environment: the registry's user and password, a line each. */
  readonly secrets: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: Settings,
  ) {
    super(scope, id);
    const { env, secrets, registry } = settings.app;
    this.environment = [
      ...secrets.map(
        (name) => `${name}=${secretVariable(this, name, `${name} in the environment of the app`)}\n`,
      ),
      // Last: cdktf takes no reference for one behind a "${" that is not closed, and a value may hold just that.
      ...Object.entries(env).map(([name, value]) => `${name}=${escapeTemplate(value)}\n`),
    ].join('');
    this.secrets = registry
      ? {
          registry: `${registry.username}\n${secretVariable(this, 'registry_password', `Password or token of ${registry.username} at the registry of the app's image`)}\n`,
        }
      : {};
  }

  /** Lines of /etc/scale-up/stack.env on one of the app droplets. */
  stackEnvironment(index: number): Readonly<Record<string, string>> {
    const { app, zone } = this.settings;
    return {
      APP_REPOSITORY: parseImageReference(app.image ?? '')?.repository ?? '',
      APP_READ_ONLY: String(app.readOnly),
      RELEASE_RECORD: `${releaseName(this.settings, index)}.${zone}`,
      SCHEME: scheme(this.settings),
    };
  }
}
