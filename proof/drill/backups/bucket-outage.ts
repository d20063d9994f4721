import { oursWithBackups } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';
import { newestLogs } from './restore';

/** After which the newest log is late. Seconds. */
const LATE = 5 * 60;

export default {
  number: 48,
  title: 'The bucket of the backups is away for six minutes, under writes',
  hypothesis:
    'Visitors notice nothing, the redundancy page names the late copy, and every log comes as soon as the bucket is back.',
  stack: oursWithBackups,
  limits: { failed: 0, unknown: 0, moves: 0 },
  async method(lab) {
    await lab.failSpaces('dead');
    await lab.wait(LATE + 60);
    await lab.until('the redundancy page names the late copy', 120, async () =>
      (await lab.asVisitor('curl', '--silent', '/-/redundancy')).includes(
        'the newest binary log in the bucket',
      ),
    );
    const back = Date.now();
    await lab.mend('Spaces: dead');
    await lab.until('the logs have come', 300, async () => (await newestLogs(lab)) > back);
    await lab.find(
      `all logs were in the bucket ${Math.round((Date.now() - back) / 1000)} s after it was back`,
    );
    await lab.exec('database-1', 'systemctl', 'start', 'scale-up-backup-proof.service');
    await lab.expect('the proof finds no hole in the logs', async () =>
      (await lab.look('database-1', 'scale-up restore --list')).includes(', proven '),
    );
  },
} satisfies Drill;
