import type { Fault } from '../drill/run/fault-log';
import type { Outcome, Sample, Stall } from '../load/sample';
import { latency } from './figures';
import type { Marks } from './timeline';

/** What a picture shows: one run of a drill. */
export interface Scene {
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly stalls: readonly Stall[];
  readonly faults: readonly Fault[];
  readonly marks: Marks;
}

const WIDTH = 960;
const LEFT = 52;
const RIGHT = WIDTH - 14;
const TOP = 100;
const BOTTOM = 320;
/** Milliseconds at the bottom and at the top of the scale. */
const [LEAST, MOST] = [0.5, 8000];
const TICKS = { 1: '1 ms', 10: '10 ms', 100: '100 ms', 1000: '1 s', 5000: '5 s' };
const LANE = 15;

const MOST_MARKS = 6;
const MARK_NAMES: Readonly<Record<keyof Marks, string>> = {
  fault: 'fault',
  lastSuccess: 'last success',
  detection: 'detection',
  apiCall: 'API call',
  apiDone: 'API done',
  firstSuccess: 'first success',
};

/** Colours that stay apart for every kind of colour blindness, and a shape for each outcome besides. */
export const COLOURS = `
  :root { --ink: #24292f; --faint: #d8dee4; --soft: #57606a; --ok: #0072b2; --failed: #d55e00; --unknown: #9b4f96; --band: #e69f00; --paper: #ffffff }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6edf3; --faint: #30363d; --soft: #9da7b1; --ok: #56b4e9; --failed: #ff7f3f; --unknown: #d98fd4; --band: #e69f00; --paper: #0d1117 }
  }`;

const STYLE = `${COLOURS}
  .drill text { font: 12px system-ui, sans-serif; fill: var(--ink) }
  .drill .soft { fill: var(--soft) }
  .drill .title { font-weight: 600; font-size: 13px }
  .drill .grid { stroke: var(--faint); fill: none }
  .drill .mark { stroke: var(--ink); stroke-dasharray: 2 2; fill: none }
  .drill .band { fill: var(--band); fill-opacity: .16 }
  .drill .lane { fill: var(--band); fill-opacity: .75 }
  .drill .stall { fill: var(--soft); fill-opacity: .35 }
  .drill .ok { stroke: var(--ok); stroke-width: 2.4; stroke-linecap: round; fill: none; stroke-opacity: .75 }
  .drill .failed { stroke: var(--failed); stroke-width: 1.6; fill: none }
  .drill .unknown { fill: var(--unknown) }
  .drill .sign { stroke-width: 6 }`;

/** From the end of a point's coordinates: a dot, a cross, a lozenge. */
const SHAPES: Readonly<Record<Outcome, (x: number, y: number) => string>> = {
  ok: (x, y) => `M${x} ${y}h0`,
  failed: (x, y) => `M${x - 2.5} ${y - 2.5}l5 5m-5 0l5-5`,
  unknown: (x, y) => `M${x} ${y - 4}l3.5 4l-3.5 4l-3.5-4z`,
};

/** One request is one point: when it was due, how long it took, what became of it. */
export function picture(scene: Scene): string {
  const { samples, marks } = scene;
  const zero = marks.fault ?? samples[0]?.due ?? 0;
  const begin = Math.min(...samples.map(({ due }) => due));
  const end = Math.max(...samples.map(({ due }) => due));
  const x = (time: number) =>
    round(LEFT + ((clamp(time, begin, end) - begin) / (end - begin)) * (RIGHT - LEFT));
  const lanes = faultLanes(scene.faults, x, end);
  const bottom = BOTTOM + 44 + lanes.height;
  const top = LANE * (MOST_MARKS - Object.values(marks).filter((time) => time !== undefined).length);
  const height = bottom - top;
  return [
    `<svg class="drill" xmlns="http://www.w3.org/2000/svg" viewBox="0 ${top} ${WIDTH} ${height}" role="img" aria-label="${escaped(scene.title)}">`,
    `<style>${STYLE}</style>`,
    `<rect y="${top}" width="${WIDTH}" height="${height}" fill="var(--paper)"/>`,
    lanes.shades,
    scene.stalls.map((stall) => rectangle('stall', x(stall.from), TOP, x(stall.to), BOTTOM)).join(''),
    grid(begin, end, zero, x),
    points(scene, x),
    marksAbove(marks, zero, x),
    lanes.lanes,
    legend(scene, bottom - 6),
    '</svg>',
  ].join('\n');
}

function grid(begin: number, end: number, zero: number, x: (time: number) => number): string {
  const rows = Object.entries(TICKS).map(
    ([value, label]) =>
      `<path class="grid" d="M${LEFT} ${y(Number(value))}H${RIGHT}"/><text class="soft" x="${LEFT - 6}" y="${y(Number(value)) + 4}" text-anchor="end">${label}</text>`,
  );
  const seconds = (end - begin) / 1000;
  const step = [1, 2, 5, 10, 20, 60].find((candidate) => seconds / candidate <= 16) ?? 120;
  const columns: string[] = [];
  for (let s = Math.ceil((begin - zero) / 1000 / step) * step; zero + s * 1000 <= end; s += step) {
    const at = x(zero + s * 1000);
    columns.push(
      `<path class="grid" d="M${at} ${BOTTOM}v4"/><text class="soft" x="${at}" y="${BOTTOM + 17}" text-anchor="middle">${s} s</text>`,
    );
  }
  return [...rows, ...columns, `<path class="grid" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`].join('\n');
}

/** What differs by less than half a pixel is drawn once. */
function points({ samples, stalls }: Scene, x: (time: number) => number): string {
  const drawn: Record<Outcome, Set<string>> = { ok: new Set(), failed: new Set(), unknown: new Set() };
  for (const sample of samples) {
    const [across, up] = [half(x(sample.due)), half(y(latency(sample, stalls)))];
    drawn[sample.outcome].add(SHAPES[sample.outcome](across, up));
  }
  return Object.entries(drawn)
    .map(([outcome, shapes]) => `<path class="${outcome}" d="${[...shapes].join('')}"/>`)
    .join('\n');
}

/** Each mark has a line of its own for its words: the earlier, the higher, so that no line crosses them. */
function marksAbove(marks: Marks, zero: number, x: (time: number) => number): string {
  const known = Object.entries(marks).filter((mark): mark is [keyof Marks, number] => mark[1] !== undefined);
  const sorted = known.sort(([, a], [, b]) => a - b);
  return sorted
    .map(([name, time], row) => {
      const [at, top] = [x(time), 8 + (MOST_MARKS - sorted.length + row) * LANE];
      const words = `${MARK_NAMES[name]} ${((time - zero) / 1000).toFixed(2)} s`;
      return `<path class="mark" d="M${at} ${top}V${BOTTOM}"/><text x="${at + 4}" y="${top + 8}">${words}</text>`;
    })
    .join('\n');
}

/** Below the plot a bar for each fault, with its name beside it, or on it where there is no room. */
function faultLanes(faults: readonly Fault[], x: (time: number) => number, end: number) {
  const placed = faults.map(({ what, from, to = end }) => {
    return { what, from: x(from), to: Math.max(x(to), x(from) + 2) };
  });
  const names = [...new Set(placed.map(({ what }) => what))];
  const lanes = names.map((name, row) => {
    const top = BOTTOM + 26 + row * LANE;
    const own = placed.filter(({ what }) => what === name);
    const bars = own.map(({ from, to }) => rectangle('lane', from, top, to, top + 10)).join('');
    const words = `${name}${own.length > 1 ? ` (${own.length} times)` : ''}`;
    const [at, anchor] = beside(
      Math.min(...own.map(({ from }) => from)),
      Math.max(...own.map(({ to }) => to)),
      words,
    );
    return `${bars}<text x="${round(at)}" y="${top + 9}" text-anchor="${anchor}">${escaped(words)}</text>`;
  });
  const shades = union(placed).map(({ from, to }) => rectangle('band', from, TOP, to, BOTTOM));
  return { height: names.length * LANE, lanes: lanes.join('\n'), shades: shades.join('') };
}

function beside(from: number, to: number, words: string): [number, 'start' | 'end'] {
  const length = words.length * 6.6;
  if (to + 6 + length < RIGHT) return [to + 6, 'start'];
  if (from - 6 - length > LEFT) return [from - 6, 'end'];
  return [Math.max(from, LEFT) + 6, 'start'];
}

/** Shades that overlap are one. */
function union(spans: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

function legend({ samples }: Scene, baseline: number): string {
  const words: Readonly<Record<Outcome, string>> = {
    ok: 'answered',
    failed: 'failed',
    unknown: 'no answer in 5 s',
  };
  let at = LEFT;
  return Object.entries(words)
    .map(([outcome, name]) => {
      const count = samples.filter((sample) => sample.outcome === outcome).length;
      const label = `${name}: ${count.toLocaleString('en')}`;
      const shape = SHAPES[outcome as Outcome](at + 5, baseline - 4);
      const entry = `<path class="${outcome}${outcome === 'ok' ? ' sign' : ''}" d="${shape}"/><text x="${at + 13}" y="${baseline}">${label}</text>`;
      at += 30 + label.length * 6.6;
      return entry;
    })
    .join('\n');
}

function y(milliseconds: number): number {
  const share = Math.log(clamp(milliseconds, LEAST, MOST) / LEAST) / Math.log(MOST / LEAST);
  return round(BOTTOM - share * (BOTTOM - TOP));
}

function rectangle(kind: string, from: number, top: number, to: number, bottom: number): string {
  return `<rect class="${kind}" x="${from}" y="${top}" width="${round(Math.max(to - from, 1))}" height="${bottom - top}"/>`;
}

export const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
const round = (value: number) => Math.round(value * 10) / 10;
const half = (value: number) => Math.round(value * 2) / 2;
