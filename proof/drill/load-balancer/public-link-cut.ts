import type { Drill } from '../run/experiment';

export default {
  number: 6,
  title: 'The public link of the active load balancer is cut',
  hypothesis: 'The other one serves within 3 s, besides what the API needs to move the Reserved IP.',
  limits: { gap: 3, moves: 1 },
  runs: 5,
  async method(lab) {
    await lab.cut(`${lab.active}:public`, 'everyone');
    await lab.untilServing(40);
    await lab.wait(2);
  },
} satisfies Drill;
