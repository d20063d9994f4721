import type { Drill } from '../run/experiment';

export default {
  number: 10,
  title: 'The load balancer that was active comes back',
  hypothesis: 'Nothing moves and nothing is lost: the Reserved IP stays where it went.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  runs: 5,
  calm: 5,
  async method(lab) {
    await lab.powerOff(lab.active);
    await lab.untilServing(40);
    await lab.wait(6); // until the last request that was under way then has its outcome
    await lab.begin();
    await lab.powerOn(lab.active);
    await lab.wait(8);
  },
} satisfies Drill;
