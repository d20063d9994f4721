import type { Sample } from '../load/sample';
import { picture, type Scene } from './chart';

const T = 1_700_000_000_000;
const sample = (index: number, more: Partial<Sample> = {}): Sample => {
  const due = T + index * 10;
  return { index, kind: 'static', kept: true, due, sent: due, done: due + 5, outcome: 'ok', ...more };
};
const scene: Scene = {
  title: 'A & B <cut>',
  samples: [
    ...Array.from({ length: 1000 }, (_, i) => sample(i)),
    sample(1000, { outcome: 'failed' }),
    sample(1001, { outcome: 'unknown', done: T + 15_000 }),
  ],
  stalls: [],
  faults: [
    { what: 'kill haproxy', from: T + 2000, to: T + 2000 },
    { what: 'kill haproxy', from: T + 4000, to: T + 4010 },
    { what: 'cut <everyone>', from: T + 4000 },
  ],
  marks: { fault: T + 2000, detection: T + 3100, lastSuccess: T + 2010 },
};
const svg = picture(scene);
const count = (text: RegExp) => svg.match(text)?.length ?? 0;

test('outcomes differ by shape as well as by colour', () => {
  expect(svg).toMatch(/class="failed" d="M[\d. ]+l5 5m-5 0l5-5"/);
  expect(svg).toMatch(/class="unknown" d="M[\d. ]+l3.5 4l-3.5 4l-3.5-4z"/);
  expect(svg).toMatch(/class="ok" d="M[\d. ]+h0/);
});

test('points that fall together are drawn once', () => {
  const twice = picture({ ...scene, samples: [...scene.samples, ...scene.samples] });
  expect(twice.match(/h0/g)?.length).toBe(count(/h0/g));
});

test('marks are told with their seconds since the fault, the earlier the higher', () => {
  const words = [...svg.matchAll(/y="([\d.]+)">(fault|last success|detection) ([\d.]+) s</g)];
  expect(words.map(([, , name, time]) => `${name} ${time}`)).toEqual([
    'fault 0.00',
    'last success 0.01',
    'detection 1.10',
  ]);
  const heights = words.map(([, y]) => Number(y));
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
});

test('a fault that happened several times is one line, and one without an end lasts until the end', () => {
  expect(svg).toContain('kill haproxy (2 times)');
  const lanes = [...svg.matchAll(/class="lane" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
  expect(lanes).toHaveLength(3);
  expect(Number(lanes[2]?.[1]) + Number(lanes[2]?.[2])).toBeCloseTo(946, 0);
});

test('words are text, never markup', () => {
  expect(svg).toContain('A &#38; B &#60;cut&#62;');
  expect(svg).toContain('cut &#60;everyone&#62;');
});

test('it is drawn in light and dark from the same file', () => {
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
});
