import type { Drill } from '../run/experiment';

export default {
  number: 19,
  title: 'The database droplet is deleted and a new one deployed; the volume stays',
  hypothesis: 'The new droplet has every acknowledged write; files are served meanwhile.',
  limits: { gap: 1, static: { failed: 0, unknown: 0 }, moves: 0 },
  async method(lab) {
    await lab.replace('database-1');
    await lab.wait(20);
  },
} satisfies Drill;
