import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';

type Pair = (lab: Actions) => readonly [string, string];

const plan = (path: string, pair: Pair, seconds: number, limits: Drill['limits']): Drill => ({
  number: 33,
  variant: `${path}, ${seconds} s`,
  title:
    'The network between two droplets stands still: first what is sent meanwhile is lost, later it arrives late',
  hypothesis: 'Visitors wait a little, and no write fails or is done twice.',
  limits: { moves: 0, ...limits },
  runs: 5,
  calm: 5,
  async method(lab) {
    const [one, other] = pair(lab);
    const lost = await lab.cut(one, other);
    await lab.wait(seconds);
    await lab.mend(lost);
    await lab.wait(8);
    const late = await lab.hold(one, other);
    await lab.wait(seconds);
    await lab.mend(late);
    await lab.wait(8);
  },
});

const PAIRS: readonly (readonly [string, Pair])[] = [
  ['load balancer and web', (lab) => [lab.active, 'web-1']],
  ['web and app', () => ['web-1', 'app-1']],
  ['app and database', () => ['app-1', 'database-1']],
];
const GOOD = { failed: 0, unknown: 0 };
/** What was lost early in a pause of 4 s is sent again after more than the 5 s that this load waits: a browser gets to see it. */
const LATE = { failed: 0, unknown: 10 };

export default PAIRS.flatMap(([path, pair]) => [plan(path, pair, 2, GOOD), plan(path, pair, 4, LATE)]);
