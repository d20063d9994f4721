import type { Drill } from '../run/experiment';

export default {
  number: 3,
  title: 'HAProxy on the active load balancer hangs, with its ports open',
  hypothesis: 'The other one serves within 2 s, besides what the API needs to move the Reserved IP.',
  limits: { gap: 2, moves: 1 },
  runs: 5,
  async method(lab) {
    await lab.hang(lab.active, 'haproxy');
    await lab.untilServing(40);
    await lab.wait(2);
  },
} satisfies Drill;
