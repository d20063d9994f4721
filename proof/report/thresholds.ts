import type { Audit } from '../load/audit';
import type { Kind } from '../load/sample';
import type { Figures } from './figures';
import type { Move } from './moves';

/** What a drill may cost at most. What is not named has no limit, but for writes: none that was acknowledged may be lost. */
export interface Limits extends Partial<Record<Kind, KindLimits>> {
  /** Seconds without a success, besides those that the API needed to move the Reserved IP. */
  readonly gap?: number;
  readonly failed?: number;
  /** On connections of their own. */
  readonly failedOnNew?: number;
  readonly unknown?: number;
  readonly slow?: number;
  /** How often the Reserved IP moves: exactly so often. */
  readonly moves?: number;
  readonly movesAtMost?: number;
  /** Seconds from where the drill says that enough is mended until service is good. */
  readonly healed?: number;
}

/** The same, of one kind of requests. */
export type KindLimits = Pick<Limits, 'gap' | 'failed' | 'unknown' | 'slow'>;

/** What a drill did cost. */
export interface Facts extends Record<Kind, Figures> {
  readonly all: Figures;
  readonly moves: readonly Move[];
  readonly audit: Audit;
  /** Answers that nobody can have given: then the lab is at fault. */
  readonly unexplained: number;
  /** undefined: never, or the drill names no such time. */
  readonly healed?: number;
}

/** One limit beside what was measured. */
export interface Bar {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

export function judge(limits: Limits, facts: Facts): Bar[] {
  const { moves } = facts;
  const kinds = (['static', 'read', 'write'] as const).flatMap((kind) =>
    bars(limits[kind] ?? {}, facts[kind], moves, `${kind}: `),
  );
  return [
    ...bars(limits, facts.all, moves, ''),
    ...kinds,
    ...optional(limits.failedOnNew, (limit) =>
      atMost('failed on new connections', facts.all.failedOnNew, limit),
    ),
    ...optional(limits.moves, (limit) => ({
      what: 'moves of the Reserved IP',
      limit: String(limit),
      measured: String(moves.length),
      met: moves.length === limit,
    })),
    ...optional(limits.movesAtMost, (limit) => atMost('moves of the Reserved IP', moves.length, limit)),
    ...optional(limits.healed, (limit) => ({
      what: 'good again after the storm',
      limit: `${limit} s`,
      measured: facts.healed === undefined ? 'never' : `${facts.healed.toFixed(1)} s`,
      met: facts.healed !== undefined && facts.healed <= limit,
    })),
    atMost('acknowledged writes lost', facts.audit.lost.length, 0),
    atMost('writes done twice', facts.audit.twice.length, 0),
    atMost('answers that nobody can have given', facts.unexplained, 0),
  ];
}

/** The longest gap without the seconds that the API itself needed within it. */
export function ownGap({ gap }: Figures, moves: readonly Move[]): number {
  const within = moves.map(
    ({ time, seconds }) => Math.min(gap.to, time) - Math.max(gap.from, time - seconds * 1000),
  );
  return gap.seconds - within.reduce((sum, part) => sum + Math.max(part, 0), 0) / 1000;
}

function bars(
  { gap, failed, unknown, slow }: KindLimits,
  figures: Figures,
  moves: readonly Move[],
  of: string,
): Bar[] {
  return [
    ...optional(gap, (limit) => {
      const own = ownGap(figures, moves);
      return {
        what: `${of}longest gap`,
        limit: `${limit} s`,
        measured: `${own.toFixed(2)} s`,
        met: own <= limit,
      };
    }),
    ...optional(failed, (limit) => atMost(`${of}failed`, figures.failed, limit)),
    ...optional(unknown, (limit) => atMost(`${of}unknown`, figures.unknown, limit)),
    ...optional(slow, (limit) => atMost(`${of}slower than 1 s`, figures.slow, limit)),
  ];
}

function atMost(what: string, measured: number, limit: number): Bar {
  return { what, limit: String(limit), measured: String(measured), met: measured <= limit };
}

function optional(limit: number | undefined, bar: (limit: number) => Bar): Bar[] {
  return limit === undefined ? [] : [bar(limit)];
}
