import { Volume } from '@cdktf/provider-digitalocean/lib/volume';
import { Password } from '@cdktf/provider-random/lib/password';
import { Construct } from 'constructs';
import { Droplet } from './droplet';
import type { Network } from './network';
import type { Settings } from './settings';

/** The app tier's schema and the user that has rights on it alone. */
const NAME = 'app';
const USER = 'app';

export interface DatabaseProps {
  readonly settings: Settings;
  readonly network: Network;
}

/** The MySQL server: a droplet that can be replaced, and the volume with the data, which stays. */
export class Database extends Construct {
  readonly droplet: Droplet;
  /** Lines for the environment of an app: DATABASE_URL and its parts. Holds the password, by reference. */
  readonly environment: string;

  constructor(scope: Construct, id: string, { settings, network }: DatabaseProps) {
    super(scope, id);
    const { size, dropletImage, volumeSize } = settings.database;
    // Letters and digits only: it stands in a URL, in SQL and in environment files.
    const password = new Password(this, 'password', { length: 32, special: false });
    const volumeName = `${settings.prefix}-database`;
    const volume = new Volume(this, 'volume', {
      name: volumeName,
      region: settings.region,
      size: volumeSize,
      description: `MySQL data of ${settings.domain}`,
      tags: [network.stackTag.id],
      lifecycle: { preventDestroy: settings.deletionProtection },
    });
    this.droplet = new Droplet(this, '1', {
      settings,
      network,
      role: 'database',
      index: 1,
      size,
      image: dropletImage,
      volumeIds: [volume.id],
      environment: { VOLUME: volumeName, DATABASE_NAME: NAME, DATABASE_USER: USER },
      secrets: { 'database-password': `${password.result}\n` },
    });
    this.environment = [
      `DATABASE_URL=mysql://${USER}:${password.result}@database:3306/${NAME}?ssl-mode=REQUIRED`,
      'DATABASE_HOST=database',
      'DATABASE_PORT=3306',
      `DATABASE_NAME=${NAME}`,
      `DATABASE_USER=${USER}`,
      `DATABASE_PASSWORD=${password.result}`,
      '',
    ].join('\n');
  }
}
