import type { Drill } from '../run/experiment';

/** The curve of the outage: detection is the small part, the provider's own time the large one. */
const plan = (seconds: number): Drill => ({
  number: 1,
  variant: `${seconds} s`,
  title: 'The active load balancer loses power, and the API needs its time for the move',
  hypothesis: "The outage is the API's own time and 2 s at most.",
  limits: { gap: 2, moves: 1 },
  calm: 5,
  async method(lab) {
    await lab.assignTime(seconds);
    await lab.powerOff(lab.active);
    await lab.untilServing(40);
    await lab.wait(2);
  },
});

export default [0, 1, 5, 11, 20].map(plan);
