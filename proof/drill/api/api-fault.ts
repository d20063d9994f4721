import type { Drill } from '../run/experiment';

type Fault = Parameters<Parameters<Drill['method']>[0]['failApi']>[0];

/** After each of three refusals it waits twice as long, and then for the next round of probes. Seconds. */
const PAUSES = 1 + 2 + 4 + 3 * 0.75;
/** So long it waits for an answer, and then a second. */
const PATIENCE = 12 + 1;
const ASSIGN = 'POST /v2/reserved_ips/*/actions';

/** The active load balancer loses power while the API is not well, which it is again after so many seconds. */
const plan = (variant: string, limit: number, fault: Fault, seconds: number): Drill => ({
  number: 11,
  variant,
  title: 'The active load balancer loses power while the API has trouble',
  hypothesis: 'The move is made as soon as the API lets it be made, and waits no longer than it asks for.',
  limits: { gap: limit, moves: 1 },
  calm: 5,
  async method(lab) {
    const trouble = await lab.failApi(fault);
    await lab.powerOff(lab.active);
    await lab.wait(seconds);
    await lab.mend(trouble);
    await lab.untilServing(90);
    await lab.wait(2);
  },
});

export default [
  plan('no answer at all for 60 s', 60 + PATIENCE + 2, { call: '* /v2/**', kind: 'dead' }, 60),
  plan('429 with Retry-After 10', 2 + 10 + 1, { call: ASSIGN, kind: '429', retryAfter: 10, times: 1 }, 3),
  plan('422 pending event, three times', 2 + PAUSES, { call: ASSIGN, kind: '422', times: 3 }, 10),
  plan('500, three times', 2 + PAUSES, { call: ASSIGN, kind: '500', times: 3 }, 10),
  plan('answers after 10 s', 2 + 2 * 10 + 1, { call: '* /v2/**', kind: 'delay', milliseconds: 10_000 }, 30),
  plan('accepts, and does it only after 70 s', 2, { call: ASSIGN, kind: 'never-completes' }, 70),
];
