import type { Drill } from '../run/experiment';

const GOOD = { failed: 0, unknown: 0 };

export default {
  number: 13,
  title: 'One of two web droplets loses power',
  hypothesis:
    'HAProxy asks the other one. Only a write that was already on its way waits, and fails, for it may have been done.',
  limits: { gap: 1, static: GOOD, read: GOOD, write: { failed: 20, unknown: 20 }, moves: 0 },
  async method(lab) {
    await lab.powerOff('web-1');
    await lab.wait(10);
  },
} satisfies Drill;
