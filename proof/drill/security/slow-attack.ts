import type { Drill } from '../run/experiment';

const CONNECTIONS = 500;

const plan = (kind: 'slow-headers' | 'slow-body'): Drill => ({
  number: 23,
  variant: kind.replace('-', ' '),
  title: 'Five hundred connections send their requests as slowly as they can',
  hypothesis: 'Everybody else is served as always.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const open = await lab.attack(kind, CONNECTIONS);
    await lab.wait(10);
    // HAProxy ends those that take too long; the attacker has others at once.
    await lab.expect('nearly all of them were open all the time', async () => open() >= 0.9 * CONNECTIONS);
  },
});

export default [plan('slow-headers'), plan('slow-body')];
