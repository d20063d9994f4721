import type { Drill } from '../run/experiment';

export default {
  number: 30,
  title:
    'The stack is deployed during a failover, right after it, and when the old active load balancer is back',
  hypothesis: 'The Reserved IP never returns to the old holder: Terraform reserves it, and moves nothing.',
  limits: { gap: 2, moves: 1 },
  calm: 5,
  async method(lab) {
    await lab.powerOff(lab.active);
    await lab.deploy();
    await lab.untilServing(40);
    await lab.deploy();
    await lab.powerOn(lab.active);
    await lab.untilWhole(60);
    await lab.deploy();
    await lab.wait(5);
  },
} satisfies Drill;
