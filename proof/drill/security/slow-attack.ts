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
    // HAProxy ends those that take too long, which began together; the attacker has others as soon as their handshakes are done.
    await lab.expect(
      'nine of ten were open on the mean of the time',
      async () => open().mean >= 0.9 * CONNECTIONS,
    );
  },
});

export default [plan('slow-headers'), plan('slow-body')];
