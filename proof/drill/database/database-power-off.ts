import type { Drill } from '../run/experiment';

export default {
  number: 18,
  title: 'The database droplet loses power under writes, and comes back',
  hypothesis: 'No acknowledged write is lost; files are served meanwhile.',
  limits: { gap: 1, write: { gap: 30 }, static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    await lab.powerOff('database-1');
    await lab.wait(8);
    await lab.powerOn('database-1');
    await lab.wait(8);
  },
} satisfies Drill;
