import { Construct } from 'constructs';
import type { Database } from './database';
import { Droplet } from './droplet';
import type { Network } from './network';
import type { Settings } from './settings';

export interface AppProps {
  readonly settings: Settings;
  readonly network: Network;
  readonly database: Database;
}

/** The app tier: application code only. It gets its database as environment variables. */
export class App extends Construct {
  readonly droplets: readonly Droplet[];

  constructor(scope: Construct, id: string, { settings, network, database }: AppProps) {
    super(scope, id);
    const { count, size, image } = settings.app;
    this.droplets = Array.from(
      { length: count },
      (_, i) =>
        new Droplet(this, String(i + 1), {
          settings,
          network,
          role: 'app',
          index: i + 1,
          size,
          image,
          secrets: { 'app.env': database.environment },
        }),
    );
  }
}
