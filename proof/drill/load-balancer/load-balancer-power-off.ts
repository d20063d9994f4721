import type { Drill } from '../run/experiment';

export default {
  number: 1,
  title: 'The active load balancer loses power',
  hypothesis: 'The other one serves within 2 s, besides what the API needs to move the Reserved IP.',
  limits: { gap: 2, moves: 1 },
  runs: 5,
  async method(lab) {
    await lab.powerOff(lab.active);
    await lab.untilServing(40);
    await lab.wait(2);
  },
} satisfies Drill;
