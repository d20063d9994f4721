import { oursWithBackups, oursWithLargeData } from '../../stack/compared-stacks';
import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';
import { loseVolume, newestLogs, restore, runLong, untilRefused } from './restore';

/** Seconds that any step may take with much data. */
const HOURS = 4 * 3600;

/** Writes so many rows of a megabyte that nothing can compress, by way of the binary log or past it. */
const fill = (rows: number, log: 0 | 1) => [
  'sh',
  '-c',
  `python3 -c '
import os
print("SET sql_log_bin = ${log}; CREATE TABLE IF NOT EXISTS app.ballast (id INT PRIMARY KEY AUTO_INCREMENT, filler LONGBLOB);")
for _ in range(${rows}):
    print("INSERT INTO app.ballast (filler) VALUES (0x%s);" % os.urandom(1000000).hex())' | mysql`,
];

/** Some gigabytes in a base, and one more in the logs that follow it. */
async function make(lab: Actions, gigabytes: number): Promise<void> {
  await runLong(lab, fill(gigabytes * 1000, 0), HOURS);
  await runLong(lab, ['systemctl', 'start', 'scale-up-backup-base'], HOURS);
  await runLong(lab, fill(1000, 1), HOURS);
  await runLong(lab, ['systemctl', 'start', 'scale-up-backup-logs'], HOURS);
  await lab.begin();
}

const loss = (gigabytes?: number): Drill => ({
  number: 46,
  title: 'The volume loses all data under writes, and is restored from the bucket',
  hypothesis:
    'MySQL does not begin on the blank volume. What comes back is all but what was committed after the newest log in the bucket, which is at most a minute and one upload old.',
  stack: gigabytes ? oursWithLargeData : oursWithBackups,
  ...(gigabytes ? { variant: `${gigabytes} GB`, isLong: true } : {}),
  limits: { static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    if (gigabytes) await make(lab, gigabytes);
    const inBucket = await newestLogs(lab);
    const lost = Date.now();
    await loseVolume(lab);
    lab.setAside = { from: inBucket, to: Date.now() };
    await lab.find(`the newest log in the bucket was ${((lost - inBucket) / 1000).toFixed(0)} s old`);
    await lab.expect('it was no older than a minute and an upload', async () => lost - inBucket < 90_000);
    await untilRefused(lab);
    const { seconds, steps } = await restore(lab, 'latest', gigabytes ? HOURS : undefined);
    await lab.find(`restored within ${seconds.toFixed(0)} s: ${steps}`);
  },
});

export default [loss(), loss(10)];
