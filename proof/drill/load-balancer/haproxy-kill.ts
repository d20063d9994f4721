import type { Drill } from '../run/experiment';

export default {
  number: 2,
  title: 'HAProxy on the active load balancer is killed',
  hypothesis: 'systemd has it back within a second, and the Reserved IP stays where it is.',
  limits: { gap: 1, moves: 0 },
  runs: 5,
  async method(lab) {
    await lab.kill(lab.active, 'haproxy');
    await lab.untilServing(40);
  },
} satisfies Drill;
