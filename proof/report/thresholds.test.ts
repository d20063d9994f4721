import type { Audit } from '../load/audit';
import type { Sample } from '../load/sample';
import { figures } from './figures';
import { type Facts, judge, type Limits, ownGap } from './thresholds';

const ok = (done: number, more: Partial<Sample> = {}): Sample => ({
  ...{ index: 0, kind: 'static', kept: true, due: done, sent: done, done, outcome: 'ok', ...more },
});
const clean: Audit = { acknowledged: 1, lost: [], twice: [], setAside: 0, unacknowledged: 0 };
const facts = (samples: Sample[], more: Partial<Facts> = {}): Facts => {
  const all = figures(samples, []);
  return { all, static: all, read: all, write: all, moves: [], audit: clean, unexplained: 0, ...more };
};
const missed = (limits: Limits, of: Facts) =>
  judge(limits, of)
    .filter(({ met }) => !met)
    .map(({ what }) => what);

const outage = [ok(0), ok(3000)];
const move = { time: 2500, to: 2, seconds: 1 };

test('what the API itself needed for the move is not counted, where it lies within the gap', () => {
  expect(ownGap(facts(outage).all, [move])).toBeCloseTo(2);
  expect(ownGap(facts(outage).all, [{ ...move, time: 500 }])).toBeCloseTo(2.5);
  expect(ownGap(facts(outage).all, [{ ...move, time: 5000 }])).toBeCloseTo(3);
});

test('each limit is missed by what is beyond it, and met by what is on it', () => {
  const broken = facts(
    [
      ...outage,
      ok(3001, { outcome: 'failed', kept: false }),
      ok(3002, { outcome: 'unknown' }),
      ok(5000, { due: 3000 }),
    ],
    { moves: [move] },
  );
  expect(
    missed({ gap: 2, failed: 1, failedOnNew: 1, unknown: 1, slow: 1, moves: 1, movesAtMost: 1 }, broken),
  ).toEqual([]);
  expect(missed({ gap: 1.9, failed: 0, unknown: 0, slow: 0 }, broken)).toEqual([
    'longest gap',
    'failed',
    'unknown',
    'slower than 1 s',
  ]);
  expect(missed({ failedOnNew: 0, moves: 0, movesAtMost: 0 }, broken)).toEqual([
    'failed on new connections',
    'moves of the Reserved IP',
    'moves of the Reserved IP',
  ]);
});

test('a limit of one kind of requests looks at these alone', () => {
  const both = facts([ok(0)], { static: figures([ok(0), ok(1, { outcome: 'failed' })], []) });
  expect(missed({ static: { failed: 0 }, read: { failed: 0 } }, both)).toEqual(['static: failed']);
});

test('a lost or doubled write is never met, whatever the limits, nor an answer that nobody can have given', () => {
  const impossible = { audit: { ...clean, lost: ['a'], twice: ['b'] }, unexplained: 1 };
  expect(missed({}, facts([ok(0)], impossible))).toEqual([
    'acknowledged writes lost',
    'writes done twice',
    'answers that nobody can have given',
  ]);
});
