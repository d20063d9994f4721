import type { Drill } from '../run/experiment';

export default {
  number: 31,
  title: 'The clock of one load balancer is 5 minutes ahead, and the other one loses power',
  hypothesis: 'Nothing is decided by the time of day: it serves within 2 s, besides what the API needs.',
  limits: { gap: 2, moves: 1 },
  async method(lab) {
    await lab.skew(lab.standby, 'scale-up-reserved-ip', '+5m');
    await lab.untilWhole(30);
    await lab.powerOff(lab.active);
    await lab.untilServing(40);
    await lab.wait(2);
  },
} satisfies Drill;
