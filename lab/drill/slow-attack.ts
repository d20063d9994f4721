import type { Drill } from './experiment';

const plan = (kind: 'slow-headers' | 'slow-body'): Drill => ({
  number: 23,
  variant: kind.replace('-', ' '),
  title: 'Five hundred connections send their requests as slowly as they can',
  hypothesis: 'Everybody else is served as always.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    await lab.attack(kind, 500);
    await lab.wait(10);
  },
});

export default [plan('slow-headers'), plan('slow-body')];
