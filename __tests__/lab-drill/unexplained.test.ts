import type { Sample } from '../../lab/drill/load/sample';
import { unexplained } from '../../lab/drill/report/unexplained';

const request = (sent: number, done: number, outcome: Sample['outcome'] = 'ok'): Sample => ({
  ...{ index: 0, kind: 'static', kept: true, due: sent, sent, done, outcome },
});
const moved = { time: 9000, to: 'two', seconds: 1 };
const found = (what: string, samples: Sample[], moves = [moved], to?: number) =>
  unexplained(samples, 'one', { bands: [{ what, from: 1000, to }], moves });

test.each(['power off one', 'cut one:public from everyone'])(
  'nobody answers from %s until the Reserved IP has moved',
  (what) => {
    const strange = request(5000, 5005);
    const early = request(900, 1010);
    const late = request(5000, 9010);
    const lost = request(5000, 5005, 'failed');
    expect(found(what, [early, strange, late, lost])).toEqual([strange]);
  },
);

test('nor until it is mended, if nothing moves', () => {
  expect(found('power off one', [request(2000, 2005), request(5000, 5005)], [], 4000)).toHaveLength(1);
});

test('a load balancer that does not hold the Reserved IP is not missed', () => {
  expect(found('power off two', [request(5000, 5005)])).toEqual([]);
  expect(found('power off one', [request(5000, 5005)], [{ ...moved, time: 500 }])).toEqual([]);
  expect(found('power off two', [request(5000, 5005)], [{ ...moved, time: 500 }])).toHaveLength(1);
});

test('a link that still lets packets through one way, or to some, explains nothing', () => {
  expect(found('cut one:public from everyone, one way', [request(5000, 5005)])).toEqual([]);
});
