import type { Drill } from '../run/experiment';

export default {
  number: 12,
  title: 'The active load balancer is replaced by a deployment',
  hypothesis:
    'The new one is made first, the old one hands the Reserved IP over before it goes: no request fails.',
  limits: { gap: 1, failed: 0, unknown: 0 },
  calm: 5,
  async method(lab) {
    await lab.replace(lab.active);
    await lab.untilWhole(120);
  },
} satisfies Drill;
