import type { Drill } from '../run/experiment';

export default {
  number: 14,
  title: 'One of two app droplets loses power',
  hypothesis:
    'Nginx asks the other one. Only a write that was already on its way fails, for it may have been done.',
  limits: {
    ...{ gap: 1, moves: 0 },
    static: { failed: 0, unknown: 0, slow: 0 },
    read: { failed: 0, unknown: 0 },
    write: { failed: 10, unknown: 0 },
  },
  async method(lab) {
    await lab.powerOff('app-1');
    await lab.wait(10);
  },
} satisfies Drill;
