import type { Drill } from './experiment';

export default {
  number: 14,
  title: 'One of two app droplets loses power',
  hypothesis:
    'Nginx asks the other one: no request fails, and those under way are a few seconds late at most.',
  limits: { gap: 1, failed: 0, static: { failed: 0, unknown: 0, slow: 0 }, moves: 0 },
  async method(lab) {
    await lab.powerOff('app-1');
    await lab.wait(10);
  },
} satisfies Drill;
