import { Construct } from 'constructs';
import { Droplet } from './droplet';
import type { Network } from './network';
import type { Settings } from './settings';

export interface WebProps {
  readonly settings: Settings;
  readonly network: Network;
}

/** The web tier: Nginx only, for static files, and to pass everything else on to the app tier. */
export class Web extends Construct {
  readonly droplets: readonly Droplet[];

  constructor(scope: Construct, id: string, { settings, network }: WebProps) {
    super(scope, id);
    const { count, size, dropletImage: image, files: ownFiles } = settings.web;
    this.droplets = Array.from(
      { length: count },
      (_, i) =>
        new Droplet(this, String(i + 1), {
          settings,
          network,
          role: 'web',
          index: i + 1,
          size,
          image,
          ownFiles,
        }),
    );
  }
}
