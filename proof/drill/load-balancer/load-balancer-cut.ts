import type { Drill } from '../run/experiment';

export default {
  number: 5,
  title: 'The load balancers can not reach each other over the VPC; both are well',
  hypothesis: 'Nothing moves and nothing is lost.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  runs: 5,
  calm: 5,
  async method(lab) {
    await lab.cut(lab.active, lab.standby);
    await lab.wait(6);
  },
} satisfies Drill;
