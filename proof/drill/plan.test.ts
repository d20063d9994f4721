import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { DRILLS as PREVIEWED } from '../../lib/preview/visitors';
import { readResults } from '../report/results';
import { DRILLS, plans } from './plan';

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).map((path) => basename(path));

test('every drill is a file of its name, and is told by a number, a hypothesis and what it was seen failing without', () => {
  for (const [name, drills] of Object.entries(DRILLS)) {
    expect(files).toContain(`${name}.ts`);
    for (const drill of [drills].flat()) {
      expect(drill.number).toBeGreaterThan(0);
      expect(drill.hypothesis).toMatch(/\.$/);
    }
  }
});

test('no two plans share a key', () => {
  const keys = plans([]).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('those whose figures `npm run preview` tells are there by that name, and measured', () => {
  const keys = plans([]).map(({ key }) => key);
  const measured = Object.keys(readResults().drills);
  for (const key of Object.values(PREVIEWED)) {
    expect(keys).toContain(key);
    expect(measured).toContain(key);
  }
});

test('names choose drills, and a number chooses how often', () => {
  expect(plans(['haproxy-kill']).map(({ key, runs }) => [key, runs])).toEqual([['ours/haproxy-kill', 5]]);
  expect(plans(['haproxy-kill'], { runs: 2 })[0]?.runs).toBe(2);
  expect(plans(['haproxy-kill'], { full: true })[0]?.runs).toBe(20);
});

test('what takes a night is in the long version alone', () => {
  const keys = (full: boolean) => plans(['volume-loss'], { full }).map(({ key }) => key);
  expect(keys(false)).toEqual(['ours/volume-loss']);
  expect(keys(true)).toEqual(['ours/volume-loss', 'ours/volume-loss/10 GB']);
});

test('the tutorial goes through what it can go through, once without and once with our firewall', () => {
  const keys = plans(['tutorial']).map(({ key }) => key);
  expect(keys).toContain('tutorial/load-balancer-power-off');
  expect(keys).toContain('tutorial-firewalled/load-balancer-power-off');
  expect(keys.filter((key) => key.includes('/handover/'))).toEqual([]);
});

test('a release by hand goes through what ours goes through, under names that can be compared', () => {
  const variants = (keys: readonly { key: string }[]) => keys.map(({ key }) => key.replace(/^[^/]+/, ''));
  expect(variants(plans(['by-hand']))).toEqual(variants(plans(['release'])));
  expect(plans(['by-hand']).map(({ stack }) => stack.name)).toEqual(['by-hand', 'by-hand']);
});

test('a name that is none is refused with those that there are', () => {
  expect(() => plans(['load-balancer'])).toThrow(
    /There is no drill "load-balancer"; there are: load-balancer-power-off, /,
  );
});
