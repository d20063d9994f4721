import { eventually, type Settings, TestLab } from './test-lab';

export const BUCKET = 'foobar-backups';
export const RECOVERY_PASSWORD = 'a recovery password';

/** A lab whose database copies itself into that bucket, as these settings say. */
export async function startWithBackups(
  name: string,
  settings: Settings,
): Promise<{ lab: TestLab; database: DatabaseDroplet }> {
  process.env.TF_VAR_backup_recovery_password = RECOVERY_PASSWORD;
  const lab = await TestLab.start(name, settings);
  return { lab, database: new DatabaseDroplet(lab) };
}

/** The database droplet of a lab, as an operator uses it: each call rejects with what the command said when it ends with another status than 0. */
export class DatabaseDroplet {
  constructor(private readonly lab: TestLab) {}

  run(...command: string[]): Promise<string> {
    return this.lab.said('database-1', ...command);
  }

  sh(script: string): Promise<string> {
    return this.run('sh', '-c', script);
  }

  sql(statements: string): Promise<string> {
    return this.run('mysql', '--batch', '--skip-column-names', '--execute', statements);
  }

  /** Makes one now, of what is there now: logs, base, dump, proof. One that is under way has begun before. */
  copy(kind: string): Promise<string> {
    const unit = `scale-up-backup-${kind}.service`;
    return this.sh(
      `while systemctl show --value --property=ActiveState ${unit} | grep --quiet ^activating; do sleep 0.2; done; systemctl start ${unit}`,
    );
  }

  restore(...words: string[]): Promise<string> {
    return this.run('scale-up', 'restore', ...words);
  }

  /** restic, with the repository of bases. */
  restic(words: string): Promise<string> {
    const secrets = 'cd /etc/scale-up/secrets; set -a; . ./backup-key; . /etc/scale-up/stack.env;';
    const options = '--no-lock --quiet --repo $BACKUP_REPOSITORY/bases --password-file backup-password';
    return this.sh(`${secrets} restic ${options} ${words}`);
  }

  /** Makes the newest log as old as a bucket that refuses the key for days would make it, and waits until the page says so. */
  async untilCopiesAreLate(seconds: number): Promise<void> {
    await this.run('sed', '-i', '-E', 's/"logs": [0-9.]+/"logs": 1/', '/mnt/database/backups/state.json');
    await this.copy('logs');
    const late = /the newest binary log in the bucket is \d+ days old: the bucket refuses the key/;
    await eventually(async () => late.test(await this.page()), seconds);
  }

  async untilNothingIsWrong(seconds: number): Promise<void> {
    await eventually(async () => (await this.page()).startsWith('Nothing is wrong'), seconds);
  }

  /** What is wrong, by the droplet's own page. */
  async page(): Promise<string> {
    return (await this.lab.page('database-1')).replace(/^\d+ /, '');
  }
}
