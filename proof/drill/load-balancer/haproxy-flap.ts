import type { Drill } from '../run/experiment';

export default {
  number: 8,
  title: 'HAProxy on the active load balancer is killed 20 times within a minute',
  hypothesis: 'The Reserved IP moves once or twice, and does not go back and forth.',
  limits: { movesAtMost: 2 },
  async method(lab) {
    for (let kills = 0; kills < 20; kills++) {
      await lab.kill(lab.active, 'haproxy');
      await lab.wait(3);
    }
  },
} satisfies Drill;
