import type { Drill } from '../run/experiment';

export default {
  number: 7,
  title:
    "The active load balancer's public link and the VPC between the two are cut at once, and later mended",
  hypothesis: 'The other one serves within 3 s, besides what the API needs; when all is back nothing moves.',
  limits: { gap: 3, moves: 1 },
  runs: 5,
  async method(lab) {
    const between = await lab.cut(lab.active, lab.standby);
    const outside = await lab.cut(`${lab.active}:public`, 'everyone');
    await lab.untilServing(40);
    await lab.wait(5);
    await lab.mend(between);
    await lab.mend(outside);
    await lab.wait(5);
  },
} satisfies Drill;
