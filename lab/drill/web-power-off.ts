import type { Drill } from './experiment';

export default {
  number: 13,
  title: 'One of two web droplets loses power',
  hypothesis:
    'HAProxy asks the other one: no request fails, and those under way are a few seconds late at most.',
  limits: { gap: 1, failedOnNew: 0, moves: 0 },
  async method(lab) {
    await lab.powerOff('web-1');
    await lab.wait(10);
  },
} satisfies Drill;
