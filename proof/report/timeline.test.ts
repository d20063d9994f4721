import type { LabEvent } from '../../lab/common/events';
import { movesIn } from './moves';
import { phases } from './phases';

const at = (milliseconds: number) => new Date(1_700_000_000_000 + milliseconds).toISOString();
const call = (time: number, status: number): LabEvent => ({
  ...{ time: at(time), kind: 'api', method: 'POST', path: '/v2/reserved_ips/198.19.0.10/actions', status },
  ...{ milliseconds: 10, requestId: '' },
});
const moved = (time: number, dropletId: number | null): LabEvent => ({
  ...{
    time: at(time),
    kind: 'reserved-ip',
    ip: '198.19.0.10',
    dropletId,
    name: 'production-load-balancer-2',
  },
});

test("a move's own time runs from the call that the API accepted, not from those it refused", () => {
  const events = [call(1000, 422), call(3010, 201), moved(4000, 17), moved(9000, null)];
  expect(movesIn(events).map(({ to, seconds }) => [to, seconds])).toEqual([
    [17, 1],
    [null, 6],
  ]);
});

test('an outage falls into phases, each beside its budget but for the one that is the provider’s', () => {
  const marks = {
    fault: 0,
    lastSuccess: 5,
    detection: 1200,
    apiCall: 1210,
    apiDone: 2210,
    firstSuccess: 2215,
  };
  expect(phases(marks, { detection: 1.25, call: 0.1 })).toEqual([
    { name: 'fault until detection', seconds: 1.2, budget: 1.25 },
    { name: 'detection until the call of the API', seconds: 0.01, budget: 0.1 },
    { name: "the API's own time for the move", seconds: 1, budget: undefined },
    { name: 'move until the first success', seconds: 0.005, budget: 0.1 },
  ]);
});

test('where nothing was out there are no phases', () => {
  expect(phases({ fault: 0, detection: 1200 }, { detection: 1.25, call: 0.1 })).toEqual([]);
});
