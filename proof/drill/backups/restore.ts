import type { JournalLine } from '../../stack/running-stack';
import type { Actions } from '../run/actions';

/** Seconds that a restore of the few rows of a drill may take. */
const PATIENCE = 600;

const DESTROY = [
  'systemctl kill --signal=KILL mysql.service; systemctl stop mysql.service var-lib-mysql.mount;',
  'umount --lazy /var/lib/mysql-files/backups /mnt/database/backups/work /mnt/database;',
  'wipefs --all --force /dev/disk/by-id/scsi-0DO_Volume_production-database',
].join(' ');

/** Destroys all that is on the volume, while visitors write. */
export async function loseVolume(lab: Actions): Promise<void> {
  await lab.exec('database-1', 'sh', '-c', DESTROY);
}

/** Waits until the blank volume is there, and nothing was begun on it. */
export async function untilRefused(lab: Actions): Promise<void> {
  await lab.exec('database-1', 'systemctl', 'restart', '--no-block', 'data-volume.service');
  await lab.until('nothing was begun on the blank volume', 60, async () =>
    (await lab.look('database-1', 'cat /run/scale-up/troubles/volume; true')).includes('nothing was begun'),
  );
}

export interface Restored {
  readonly seconds: number;
  readonly said: string;
  /** "a base of 80.1 MB in 3.2 s, binary logs of 0.4 MB in 0.9 s, ..." */
  readonly steps: string;
}

/** Goes back, as an operator does on the database droplet. */
export async function restore(lab: Actions, to: string, patience = PATIENCE): Promise<Restored> {
  const begun = Date.now();
  const lines = await runLong(lab, ['scale-up', 'restore', '--to', to], patience);
  const said = lines.map(({ text }) => text).join('\n');
  await lab.expect('the restore has ended well', async () => said.includes('MySQL serves'));
  return { seconds: (Date.now() - begun) / 1000, said, steps: stepsOf(lines) };
}

/** Runs what takes longer than a command may on the database droplet. Resolves to what it said. */
export async function runLong(
  lab: Actions,
  command: readonly string[],
  seconds: number,
): Promise<JournalLine[]> {
  const begun = Date.now();
  const unit = `drill-${begun}`;
  await lab.exec('database-1', 'systemd-run', '--collect', `--unit=${unit}`, ...command);
  await lab.until(`${command.slice(0, 2).join(' ')} has ended`, seconds, async () =>
    /^(inactive|failed)/.test(
      await lab.look('database-1', `systemctl show --value --property=ActiveState ${unit}`),
    ),
  );
  return lab.journal('database-1', unit, begun);
}

/** What is said as each step begins; its megabytes are those in brackets. */
const STEPS = [
  ['a base', /^Fetching the base/],
  ['binary logs', /^Replaying/],
  ['every table looked at', /^Checking every table/],
  ['MySQL away', /^Stopping MySQL/],
] as const;

function stepsOf(lines: readonly JournalLine[]): string {
  const end = lines.find(({ text }) => text.startsWith('MySQL serves'));
  const begun = STEPS.flatMap(([name, words]) => {
    const own = lines.filter(({ text }) => words.test(text));
    const megabytes = own.reduce((sum, { text }) => sum + Number(/\(([\d.]+) MB\)/.exec(text)?.[1] ?? 0), 0);
    return own[0] ? [{ name, megabytes, from: own[0].time }] : [];
  });
  return begun
    .map(({ name, megabytes, from }, i) => {
      const seconds = ((begun[i + 1]?.from ?? end?.time ?? from) - from) / 1000;
      const perGigabyte = megabytes >= 1000 ? ` (${((seconds * 1000) / megabytes).toFixed(0)} s a GB)` : '';
      const size = megabytes > 0 ? ` of ${megabytes.toFixed(1)} MB` : '';
      return `${name}${size} in ${seconds.toFixed(1)} s${perGigabyte}`;
    })
    .join(', ');
}

/** What the database droplet has seen in the bucket: when the newest logs came, in milliseconds since 1970. */
export async function newestLogs(lab: Actions): Promise<number> {
  const { logs = 0 } = JSON.parse(await lab.look('database-1', 'cat /mnt/database/backups/state.json'));
  return logs * 1000;
}
