import type { Drill } from '../run/experiment';

export default {
  number: 17,
  title: 'MySQL is killed under writes',
  hypothesis: 'No acknowledged write is lost, files are served meanwhile, and pages are back within 10 s.',
  limits: { gap: 1, write: { gap: 10 }, read: { gap: 10 }, static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    await lab.kill('database-1', 'mysql');
    await lab.wait(8);
  },
} satisfies Drill;
