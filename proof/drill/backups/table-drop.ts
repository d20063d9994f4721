import { setTimeout as sleep } from 'node:timers/promises';
import { oursWithBackups } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';
import { restore } from './restore';

export default {
  number: 47,
  title: 'A table is dropped, and the moment before is restored',
  hypothesis: 'Every write of before that moment is back; what came after it is set aside, and counted.',
  stack: oursWithBackups,
  limits: { static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    const moment = new Date();
    await sleep(1000);
    await lab.exec('database-1', 'mysql', '--execute=DROP TABLE app.notes');
    await lab.wait(5);
    const { seconds, said, steps } = await restore(lab, moment.toISOString());
    // The sample application has made the table anew, and wrote to it until the restore took its place.
    lab.setAside = { from: moment.getTime(), to: Date.now() };
    const [, setAside = '0'] = /(\d+) later transactions were set aside/.exec(said) ?? [];
    await lab.find(
      `restored within ${seconds.toFixed(0)} s, ${setAside} later transactions set aside: ${steps}`,
    );
  },
} satisfies Drill;
