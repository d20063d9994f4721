import { type Plan, plans } from '../drill/plan';
import { Runner } from '../drill/runner';
import { Progress } from '../progress';

const MINUTE = 60_000;

/** Those of the drills that tell most in three minutes, once each; `npm run drills` runs all of them. */
const DRILLS = [
  'load-balancer-power-off',
  'haproxy-kill',
  'load-balancer-cut',
  'handover',
  'web-power-off',
  'mysql-kill',
];

describe('a drill', () => {
  const progress = new Progress((line) => process.stderr.write(`${line}\n`));
  const runner = new Runner({ lab: 'drill-test', progress, calm: 5 });

  afterAll(() => runner.end(), MINUTE);

  test.each(plans(DRILLS, { runs: 1 }).map((plan): [string, Plan] => [plan.key, plan]))(
    '%s keeps what it promises',
    async (_key, plan) => {
      for (const { bars } of await runner.run(plan)) {
        expect(bars.filter(({ met }) => !met)).toEqual([]);
      }
    },
    12 * MINUTE,
  );
});
