import { oursWithBackups } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';
import { loseVolume, newestLogs, restore, untilRefused } from './restore';

export default {
  number: 46,
  title: 'The volume loses all data under writes, and is restored from the bucket',
  hypothesis:
    'MySQL does not begin on the blank volume. What comes back is all but what was committed after the newest log in the bucket, which is at most a minute and one upload old.',
  stack: oursWithBackups,
  limits: { static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    const inBucket = await newestLogs(lab);
    const lost = Date.now();
    await loseVolume(lab);
    lab.setAside = { from: inBucket, to: Date.now() };
    await lab.find(`the newest log in the bucket was ${((lost - inBucket) / 1000).toFixed(0)} s old`);
    await lab.expect('it was no older than a minute and an upload', async () => lost - inBucket < 90_000);
    await untilRefused(lab);
    const { seconds } = await restore(lab, 'latest');
    await lab.find(`restored within ${seconds.toFixed(0)} s`);
  },
} satisfies Drill;
