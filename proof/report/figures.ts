import type { Sample, Stall } from '../load/sample';
import type { Move } from './moves';

/** A request that takes longer is slow, and its second is no good one. Milliseconds. */
export const SLOW = 1000;

/** What users saw. */
export interface Figures {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  /** Of the failed, those on a connection of their own that no move of the Reserved IP found open: those that break say something else. */
  readonly failedOnNew: number;
  readonly unknown: number;
  /** Answered well, but after more than a second. */
  readonly slow: number;
  /** The longest time between two successes that followed each other. */
  readonly gap: Gap;
  /** Why requests were not ok, with how many. */
  readonly reasons: Readonly<Record<string, number>>;
}

export interface Gap {
  readonly seconds: number;
  /** The success before it, and the one that ended it: milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Until the lab tells that the Reserved IP has moved. Milliseconds. */
const TOLD = 50;

/** @param samples at least one */
export function figures(
  samples: readonly Sample[],
  stalls: readonly Stall[],
  moves: readonly Move[] = [],
): Figures {
  const of = (outcome: Sample['outcome']) => samples.filter((sample) => sample.outcome === outcome);
  const failed = of('failed');
  const wasOpen = ({ sent, done }: Sample) => moves.some(({ time }) => sent < time && done > time - TOLD);
  return {
    sent: samples.length,
    ok: of('ok').length,
    failed: failed.length,
    failedOnNew: failed.filter((sample) => !sample.kept && !wasOpen(sample)).length,
    unknown: of('unknown').length,
    slow: of('ok').filter((sample) => latency(sample, stalls) > SLOW).length,
    gap: longestGap(samples, stalls),
    reasons: reasons(samples),
  };
}

/** From when a request was due to its answer, without the time in which the client did not run. Milliseconds. */
export function latency({ due, done }: Sample, stalls: readonly Stall[]): number {
  return done - due - stalledWithin(due, done, stalls);
}

/**
 * Which seconds of the load were good: all that was due in them was answered well, and soon. A second is that many
 * requests in a row; the last one, and those with a request that is still open, are left out.
 */
export function goodSeconds(samples: readonly Sample[], stalls: readonly Stall[], rate: number): boolean[] {
  const counts: number[] = [];
  const bad = new Set<number>();
  for (const sample of samples) {
    const second = Math.floor(sample.index / rate);
    counts[second] = (counts[second] ?? 0) + 1;
    if (sample.outcome !== 'ok' || latency(sample, stalls) > SLOW) bad.add(second);
  }
  const complete = counts.findIndex((count) => count !== rate);
  return Array.from(counts.slice(0, complete === -1 ? undefined : complete), (_, second) => !bad.has(second));
}

/** The beginning of the first row of so many good seconds that starts at `from` or later; undefined without one. */
export function firstRow(good: readonly boolean[], length: number, from = 0): number | undefined {
  for (let second = from, row = 0; second < good.length; second++) {
    row = good[second] ? row + 1 : 0;
    if (row === length) return second + 1 - length;
  }
  return undefined;
}

/** The end of the load counts as a success, so that an outage without an end has its length. */
function longestGap(samples: readonly Sample[], stalls: readonly Stall[]): Gap {
  const successes = samples.filter(({ outcome }) => outcome === 'ok').map(({ done }) => done);
  const times = [
    Math.min(...samples.map(({ due }) => due)),
    ...successes.sort((a, b) => a - b),
    Math.max(...samples.map(({ due }) => due)),
  ];
  let longest: Gap = { seconds: 0, from: times[0] ?? 0, to: times[0] ?? 0 };
  for (const [i, to] of times.entries()) {
    const from = times[i - 1] ?? to;
    const seconds = (to - from - stalledWithin(from, to, stalls)) / 1000;
    if (seconds > longest.seconds) longest = { seconds, from, to };
  }
  return longest;
}

function stalledWithin(from: number, to: number, stalls: readonly Stall[]): number {
  const overlaps = stalls.map((stall) => Math.min(to, stall.to) - Math.max(from, stall.from));
  return overlaps.reduce((sum, overlap) => sum + Math.max(overlap, 0), 0);
}

function reasons(samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason, kept } of samples) {
    if (reason === undefined) continue;
    const what = `${reason} on a ${kept ? 'kept' : 'new'} connection`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
