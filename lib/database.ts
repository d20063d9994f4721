import { Volume } from '@cdktf/provider-digitalocean/lib/volume';
import { Password } from '@cdktf/provider-random/lib/password';
import { Fn, type IResolvable, Op } from 'cdktf';
import { Construct } from 'constructs';
import { DatabaseBackups } from './database-backups';
import { DATABASE_HOST, DatabaseTls } from './database-tls';
import { Droplet } from './droplet';
import type { Network } from './network';
import type { Settings } from './settings';
import { TerraformData } from './terraform-data';

/** The app tier's schema and the user that has rights on it alone. */
const NAME = 'app';
const USER = 'app';

/** Where an app finds the certificate by which it verifies the database, on its droplet and in its container. */
const AUTHORITY_FILE = '/etc/scale-up/database-ca.pem';

const IS_CURRENT = 'The MySQL server has the present settings.';
const IS_OLD =
  'The MySQL server was made from other settings or files than the present ones, and keeps them: another database.revision in main.ts replaces it, without its data, and interrupts the application (docs/operations.md).';

const IS_ANOTHER_VOLUME = (name: string) =>
  `The volume ${name} is not the one that this deployment has its data on: that one is gone, and the data with it unless you have a copy. Nothing was begun on this one. docs/operations.md says how to go on ("The volume is lost").`;

export interface DatabaseProps {
  readonly settings: Settings;
  readonly network: Network;
}

/** The MySQL server: a droplet that can be replaced, and the volume with the data, which stays. */
export class Database extends Construct {
  readonly droplet: Droplet;
  /** Lines for the environment of an app: DATABASE_URL and its parts. Holds the password, by reference. */
  readonly environment: string;
  /** What lies on an app droplet for all to read: the file that DATABASE_CA names. */
  readonly files: Readonly<Record<string, string>>;
  /** A sentence that says, once it is deployed, whether the droplet has the present settings. */
  readonly settings: IResolvable;

  constructor(scope: Construct, id: string, { settings, network }: DatabaseProps) {
    super(scope, id);
    const { size, dropletImage, volumeSize, files: ownFiles } = settings.database;
    // Letters and digits only: it stands in a URL, in SQL and in environment files.
    const password = new Password(this, 'password', { length: 32, special: false });
    const tls = new DatabaseTls(this, 'tls', settings);
    const backups = settings.database.backups && new DatabaseBackups(this, 'backups', { settings, network });
    const volumeName = `${settings.prefix}-database`;
    const volume = new Volume(this, 'volume', {
      name: volumeName,
      region: settings.region,
      size: volumeSize,
      description: `MySQL data of ${settings.domain}`,
      tags: [network.stackTag.id],
      // A description can't change: another one would replace the volume.
      lifecycle: { preventDestroy: settings.deletionProtection, ignoreChanges: ['description'] },
    });
    // Keeps the id of the first one: MySQL would begin on any other with an empty database, and visitors go on with it.
    const known = new TerraformData(this, 'known-volume', {
      input: { id: volume.id },
      lifecycle: { ignoreChanges: ['input'] },
    });
    const revision = new TerraformData(this, 'revision', {
      triggersReplace: { revision: settings.database.revision },
    });
    this.droplet = new Droplet(this, '1', {
      settings,
      network,
      role: 'database',
      index: 1,
      size,
      image: dropletImage,
      state: {
        volumeIds: [volume.id, ...(backups?.volumeIds ?? [])],
        revision,
        precondition: {
          condition: Op.eq(Fn.lookup(known.output, 'id', ''), volume.id),
          errorMessage: IS_ANOTHER_VOLUME(volumeName),
        },
      },
      addition: backups?.folder,
      ownFiles,
      environment: {
        ...{ VOLUME: volumeName, DATABASE_NAME: NAME, DATABASE_USER: USER },
        ...backups?.environment,
      },
      // Where AppArmor's profile of mysqld lets it read.
      files: { '/etc/mysql/ca.pem': tls.authority, '/etc/mysql/server-cert.pem': tls.certificate },
      secrets: {
        ...{ 'database-password': `${password.result}\n`, 'database-key.pem': tls.key },
        ...backups?.secrets,
      },
    });
    this.settings = Fn.conditional(this.droplet.isCurrent, IS_CURRENT, IS_OLD);
    this.files = { [AUTHORITY_FILE]: tls.authority };
    this.environment = [
      // Without a query: what one driver takes for TLS, another refuses.
      `DATABASE_URL=mysql://${USER}:${password.result}@${DATABASE_HOST}:3306/${NAME}`,
      `DATABASE_HOST=${DATABASE_HOST}`,
      'DATABASE_PORT=3306',
      `DATABASE_NAME=${NAME}`,
      `DATABASE_USER=${USER}`,
      `DATABASE_PASSWORD=${password.result}`,
      `DATABASE_CA=${AUTHORITY_FILE}`,
      '',
    ].join('\n');
  }
}
