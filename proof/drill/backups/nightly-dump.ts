import { oursWithBackups } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';
import { loseVolume, untilRefused } from './restore';

const FILE = '/root/nightly.sql';
/** What people do today, by cron. */
const DUMP = `mysqldump --single-transaction --routines --triggers --set-gtid-purged=OFF --databases app > ${FILE}`;
/** Seconds from the dump to the loss, which in life are up to a day. */
const DAY = 120;

export default {
  number: 49,
  title: 'The volume loses all data under writes, and all there is is the mysqldump of last night',
  hypothesis: 'What was written before the dump is back, and nothing that was written since.',
  stack: oursWithBackups,
  limits: { static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    const dumped = Date.now(); // a dump has what was there when it began
    await lab.exec('database-1', 'sh', '-c', DUMP);
    await lab.wait(DAY);
    await loseVolume(lab);
    lab.setAside = { from: dumped, to: Date.now() };
    await untilRefused(lab);
    const begun = Date.now();
    await lab.exec('database-1', 'scale-up', 'start-empty');
    await lab.until('an empty MySQL serves', 300, async () =>
      (await lab.look('database-1', 'mysqladmin ping 2>&1; true')).includes('is alive'),
    );
    await lab.exec('database-1', 'sh', '-c', `mysql < ${FILE}`);
    // Until then the application wrote to tables that it had made anew.
    lab.setAside = { from: dumped, to: Date.now() };
    const seconds = (Date.now() - begun) / 1000;
    await lab.find(
      `the dump was ${DAY} s old, in life up to a day, and loaded within ${seconds.toFixed(0)} s`,
    );
    for (const kind of ['logs', 'base'])
      await lab.exec('database-1', 'systemctl', 'start', `scale-up-backup-${kind}.service`);
  },
} satisfies Drill;
