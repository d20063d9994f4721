import { SpacesKey } from '@cdktf/provider-digitalocean/lib/spaces-key';
import { Volume } from '@cdktf/provider-digitalocean/lib/volume';
import { Password } from '@cdktf/provider-random/lib/password';
import { Construct } from 'constructs';
import type { Network } from './network';
import { secretVariable } from './secret-variable';
import type { Settings } from './settings';

type BackupSettings = NonNullable<Settings['database']['backups']>;

export interface DatabaseBackupsProps {
  readonly settings: Settings;
  readonly network: Network;
}

/** Copies of the database: what its droplet is told of the bucket, and the keys that it gets. The bucket itself is not the stack's: it outlives it. */
export class DatabaseBackups extends Construct {
  /** The folder of cloud-init/ with what makes the copies. */
  readonly folder = 'database-backups';
  /** Lines of /etc/scale-up/stack.env. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Secret files, by reference: the key of the bucket, and the two passwords that open what is encrypted there. One is the droplet's;
   * the other is known to the user, for the day on which Terraform's state is lost as well.
   */
  readonly secrets: Readonly<Record<string, string>>;
  /** Ids of the volume on which copies are made, if it is not that of the data. */
  readonly volumeIds: string[];

  constructor(scope: Construct, id: string, { settings, network }: DatabaseBackupsProps) {
    super(scope, id);
    const { prefix } = settings;
    const backups = settings.database.backups as BackupSettings;
    const { bucket, origin, retentionDays, workVolumeSize } = backups;
    const workVolume = `${prefix}-database-work`;
    this.volumeIds = workVolumeSize ? [this.volume(workVolume, workVolumeSize, settings, network).id] : [];
    const server = backups.endpoint ?? `https://${backups.region}.digitaloceanspaces.com`;
    this.environment = {
      BACKUP_REPOSITORY: `s3:${server}/${bucket}/${prefix}`,
      BACKUP_RETENTION_DAYS: String(retentionDays),
      ...(origin ? { BACKUP_ORIGIN: `s3:${server}/${origin.bucket}/${origin.prefix}` } : {}),
      ...(workVolumeSize ? { WORK_VOLUME: workVolume } : {}),
    };
    const password = new Password(this, 'password', { length: 40, special: false });
    const recovery = secretVariable(
      this,
      'backup_recovery_password',
      'Password of your own that opens the backups of the database, for the day on which all else is lost: keep it where this stack is not',
    );
    const [access, secret] = backups.endpoint ? this.ownKey() : this.spacesKey(prefix, backups);
    this.secrets = {
      'backup-key': `AWS_ACCESS_KEY_ID=${access}\nAWS_SECRET_ACCESS_KEY=${secret}\n`,
      'backup-password': `${password.result}\n`,
      'backup-recovery-password': `${recovery}\n`,
    };
  }

  /** Nothing on it is the only copy of the data, but for what a restore has set aside. */
  private volume(name: string, size: number, { region, domain }: Settings, network: Network): Volume {
    return new Volume(this, 'volume', {
      ...{ name, region, size },
      description: `Work on copies of ${domain}`,
      tags: [network.stackTag.id],
      lifecycle: { ignoreChanges: ['description'] },
    });
  }

  /** A key for these buckets alone. */
  private spacesKey(prefix: string, { bucket, origin }: BackupSettings): [string, string] {
    const source = origin && origin.bucket !== bucket ? [{ bucket: origin.bucket, permission: 'read' }] : [];
    const key = new SpacesKey(this, 'key', {
      name: `${prefix}-database-backups`,
      grant: [{ bucket, permission: 'readwrite' }, ...source],
    });
    return [key.accessKey, key.secretKey];
  }

  /** Of another S3 server, where Terraform makes none. */
  private ownKey(): [string, string] {
    return [
      secretVariable(this, 'backup_access_key', "Access key of the backups' bucket, for that bucket alone"),
      secretVariable(this, 'backup_secret_key', "Secret key of the backups' bucket"),
    ];
  }
}
