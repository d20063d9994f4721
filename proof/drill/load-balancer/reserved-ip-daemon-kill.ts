import type { Drill } from '../run/experiment';

export default {
  number: 4,
  title: 'The Reserved IP daemon is killed: on the standby, on the active load balancer, on both',
  hypothesis: 'Nobody notices: it is no part of serving, and a new one claims nothing that works.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  runs: 5,
  calm: 5,
  async method(lab) {
    await lab.kill(lab.standby, 'scale-up-reserved-ip');
    await lab.wait(3);
    await lab.kill(lab.active, 'scale-up-reserved-ip');
    await lab.wait(3);
    await lab.kill(lab.standby, 'scale-up-reserved-ip');
    await lab.kill(lab.active, 'scale-up-reserved-ip');
    await lab.wait(3);
  },
} satisfies Drill;
