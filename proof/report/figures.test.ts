import type { Sample } from '../load/sample';
import { figures, firstRow, goodSeconds, latency } from './figures';

const RATE = 100;

/** The sample with an index, due 10 ms after the one before and answered after 5 ms. */
const sample = (index: number, more: Partial<Sample> = {}): Sample => {
  const due = 1_000_000 + index * 10;
  return { index, kind: 'static', kept: true, due, sent: due, done: due + 5, outcome: 'ok', ...more };
};
const row = (count: number, change: (index: number) => Partial<Sample> = () => ({})) =>
  Array.from({ length: count }, (_, index) => sample(index, change(index)));

test('a gap lies between two successes by when they came, whatever was due in between', () => {
  const failing = row(500, (i) => (i >= 100 && i < 300 ? { outcome: 'failed', reason: 'ECONNREFUSED' } : {}));
  expect(figures(failing, []).gap).toMatchObject({ seconds: 2.01, from: 1_000_995, to: 1_003_005 });
});

test('requests that wait out an outage and are answered late are slow, and the gap is as long', () => {
  const late = row(500, (i) => (i >= 100 && i < 300 ? { done: 1_003_000 + i } : {}));
  const { ok, slow, gap } = figures(late, []);
  expect([ok, slow, gap.seconds]).toEqual([500, 123, 2.01]);
});

test('an outage without an end lasts until the last request', () => {
  const gone = row(500, (i) => (i >= 100 ? { outcome: 'unknown', reason: 'no answer' } : {}));
  expect(figures(gone, []).gap.seconds).toBeCloseTo(3.995);
});

test('a load without a single success is one gap', () => {
  expect(
    figures(
      row(100, () => ({ outcome: 'failed' })),
      [],
    ).gap.seconds,
  ).toBeCloseTo(0.99);
});

test('the time in which the client did not run is not counted against the stack', () => {
  const stalls = [{ from: 1_001_000, to: 1_002_500 }];
  const stalled = row(500, (i) => (i >= 100 && i < 250 ? { sent: 1_002_500, done: 1_002_505 } : {}));
  const { gap, slow } = figures(stalled, stalls);
  expect(gap.seconds).toBeCloseTo(0.01);
  expect(slow).toBe(0);
  expect(latency(stalled[100] as Sample, stalls)).toBe(5);
});

test('a connection that was open when the Reserved IP moved is no new one', () => {
  const cut = { outcome: 'failed', reason: 'ECONNRESET', kept: false } as const;
  const moves = [{ time: 1_000_020, to: 2, seconds: 1 }];
  const at = (index: number) => figures([sample(index, { ...cut, done: 1_000_031 })], [], moves).failedOnNew;
  expect([at(0), at(1), at(3)]).toEqual([0, 0, 1]);
  expect(figures([sample(0, { ...cut, done: 999_000 })], [], moves).failedOnNew).toBe(1);
});

test('failed, unknown and failed on a new connection are counted apart, with their reasons', () => {
  const samples = [
    sample(0, { outcome: 'failed', reason: '503' }),
    sample(1, { outcome: 'failed', reason: 'ECONNRESET', kept: false }),
    sample(2, { outcome: 'unknown', reason: 'no answer' }),
    sample(3),
  ];
  expect(figures(samples, [])).toMatchObject({
    ...{ sent: 4, ok: 1, failed: 2, failedOnNew: 1, unknown: 1 },
    reasons: {
      '503 on a kept connection': 1,
      'ECONNRESET on a new connection': 1,
      'no answer on a kept connection': 1,
    },
  });
});

test('a second is good when all that was due in it was answered well and soon', () => {
  const samples = row(400, (i) =>
    i === 150 ? { outcome: 'failed' } : i === 250 ? { done: 1_000_000 + 250 * 10 + 1001 } : {},
  );
  expect(goodSeconds(samples, [], RATE)).toEqual([true, false, false, true]);
});

test('a second with a request that is still open, and all after it, are not judged yet', () => {
  const samples = row(400).filter(({ index }) => index !== 250);
  expect(goodSeconds(samples, [], RATE)).toEqual([true, true]);
});

test('the first row of good seconds is found from where it is looked for', () => {
  const good = [true, true, true, false, true, true, true, true];
  expect([firstRow(good, 3), firstRow(good, 3, 1), firstRow(good, 4), firstRow(good, 5)]).toEqual([
    0,
    4,
    4,
    undefined,
  ]);
});
