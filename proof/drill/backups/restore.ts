import type { Verbs } from '../run/actions';

/** Seconds that a restore of the few rows of a drill may take. */
const PATIENCE = 600;
const UNIT = 'drill-restore';

const DESTROY = [
  'systemctl kill --signal=KILL mysql.service; systemctl stop mysql.service var-lib-mysql.mount;',
  'umount --lazy /var/lib/mysql-files/backups /mnt/database;',
  'wipefs --all --force /dev/disk/by-id/scsi-0DO_Volume_production-database',
].join(' ');

/** Destroys all that is on the volume, while visitors write. */
export async function loseVolume(lab: Verbs): Promise<void> {
  await lab.exec('database-1', 'sh', '-c', DESTROY);
}

/** Waits until the blank volume is there, and nothing was begun on it. */
export async function untilRefused(lab: Verbs): Promise<void> {
  await lab.exec('database-1', 'systemctl', 'restart', '--no-block', 'data-volume.service');
  await lab.until('nothing was begun on the blank volume', 60, async () =>
    (await lab.look('database-1', 'cat /run/scale-up/troubles/volume; true')).includes('nothing was begun'),
  );
}

/** Goes back, as an operator does on the database droplet. Resolves to the seconds that it took, and what it said. */
export async function restore(lab: Verbs, to: string): Promise<{ seconds: number; said: string }> {
  const begun = Date.now();
  await lab.exec('database-1', 'systemd-run', `--unit=${UNIT}`, 'scale-up', 'restore', '--to', to);
  const state = (property: string) =>
    lab.look('database-1', `systemctl show --value --property=${property} ${UNIT}`);
  await lab.until('the restore has ended', PATIENCE, async () =>
    /^(inactive|failed)/.test(await state('ActiveState')),
  );
  const said = await lab.look('database-1', `journalctl --unit=${UNIT} --output=cat`);
  await lab.expect('the restore has ended well', async () => said.includes('MySQL serves'));
  return { seconds: (Date.now() - begun) / 1000, said };
}

/** What the database droplet has seen in the bucket: when the newest logs came, in milliseconds since 1970. */
export async function newestLogs(lab: Verbs): Promise<number> {
  const { logs = 0 } = JSON.parse(await lab.look('database-1', 'cat /mnt/database/backups/state.json'));
  return logs * 1000;
}
