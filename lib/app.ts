import { Construct } from 'constructs';
import { Container } from './container';
import type { Database } from './database';
import { Droplet } from './droplet';
import type { Network } from './network';
import type { Settings } from './settings';

export interface AppProps {
  readonly settings: Settings;
  readonly network: Network;
  readonly database: Database;
}

/** The app tier: the user's container, or the sample application. Either gets its database as environment variables. */
export class App extends Construct {
  readonly droplets: readonly Droplet[];

  constructor(scope: Construct, id: string, { settings, network, database }: AppProps) {
    super(scope, id);
    const { count, size, dropletImage: image, files: ownFiles } = settings.app;
    const container =
      settings.app.image === undefined ? undefined : new Container(this, 'container', settings);
    this.droplets = Array.from(
      { length: count },
      (_, i) =>
        new Droplet(this, String(i + 1), {
          settings,
          network,
          role: 'app',
          folder: container ? 'container-app' : 'sample-app',
          index: i + 1,
          size,
          image,
          ownFiles,
          environment: container?.stackEnvironment(i + 1),
          files: database.files,
          secrets: {
            ...container?.secrets,
            'app.env': `${database.environment}${container?.environment ?? ''}`,
          },
        }),
    );
  }
}
