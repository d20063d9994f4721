import { schedule } from './seeded-cut';

const seeds = Array.from({ length: 500 }, (_, i) => i + 1);

test('a seed always gives the same schedule, and seeds differ', () => {
  expect(schedule(7)).toEqual(schedule(7));
  expect(new Set(seeds.map((seed) => JSON.stringify(schedule(seed)))).size).toBe(seeds.length);
});

test('every cut of the storm ends within it, after it began', () => {
  for (const { from, to } of seeds.flatMap((seed) => schedule(seed).storm)) {
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeGreaterThan(from);
    expect(to).toBeLessThanOrEqual(8);
  }
});

test('all kinds of cuts come up, one way and flapping ones too', () => {
  const storms = seeds.map((seed) => schedule(seed).storm);
  const ends = new Set(storms.flat().map((cut) => cut.ends.join(' from ')));
  expect([...ends].sort()).toEqual([
    'active from standby',
    'active:public from api',
    'active:public from client',
    'active:public from everyone',
    'standby from active',
    'standby:public from api',
    'standby:public from client',
    'standby:public from everyone',
  ]);
  expect(storms.some((storm) => storm.some(({ oneWay }) => oneWay))).toBe(true);
  expect(storms.some((storm) => storm.length > 6)).toBe(true);
});
