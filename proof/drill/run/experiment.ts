import { setTimeout as sleep } from 'node:timers/promises';
import { audit, notesOf } from '../../load/audit';
import { Load, RATE } from '../../load/load';
import type { Kind, Sample, Stall } from '../../load/sample';
import { figures, firstRow, goodSeconds } from '../../report/figures';
import { unexplained } from '../../report/impossible-answers';
import { type Entry, type Journal, note, type SteadyState } from '../../report/journal';
import { eventsSince, movesIn } from '../../report/moves';
import { type Bar, type Facts, judge, type Limits, ownGap } from '../../report/thresholds';
import { type Marks, marksOf } from '../../report/timeline';
import type { Stack } from '../../stack/compared-stacks';
import type { Site } from '../../stack/running-stack';
import { Actions } from './actions';
import type { Fault } from './fault-log';

/** One thing that is broken on purpose, and what that may cost. */
export interface Drill {
  /** In the order in which drills are told. */
  readonly number: number;
  /** Where there are several of one number. */
  readonly variant?: string;
  readonly title: string;
  readonly hypothesis: string;
  /** What it may cost; a drill that is different each time may say so only afterwards. */
  readonly limits: Limits | ((facts: Facts) => Limits);
  /** On which it runs. @default - ours */
  readonly stack?: Stack;
  /** How often it is repeated in a normal run. @default 1 */
  readonly runs?: number;
  /** For a night: only the long version has it. @default false */
  readonly isLong?: boolean;
  /** So many good seconds in a row end it. @default - as many as for all */
  readonly calm?: number;
  readonly method: (lab: Actions) => Promise<unknown>;
}

/** What one run of a drill was like. */
export interface Result {
  readonly journal: Journal;
  readonly facts: Facts;
  readonly marks: Marks;
  readonly faults: readonly Fault[];
  readonly bars: readonly Bar[];
  /** The longest gap without what the API itself needed, in seconds. */
  readonly ownGap: number;
  /** Seconds from the first fault until a row of good seconds began; undefined: there was none. */
  readonly settled: number | undefined;
  readonly samples: readonly Sample[];
  readonly stalls: readonly Stall[];
  readonly verdict: string;
}

/** Seconds of good service before anything is broken. */
const BEFORE = 2;
/** At least so many seconds after the last thing was mended, all of them good, end an experiment. */
const STILL = 3;
/** Seconds that a stack has to recover once nothing is broken any more, besides those that must be good in a row. */
const PATIENCE = 60;

/**
 * Runs a drill once, on a stack of which nothing is missing. Rejects when nothing could be measured.
 *
 * @param options calm: so many good seconds in a row end it; seed: of a drill that is different each time
 */
export async function experiment(site: Site, drill: Drill, { calm = 20, seed = 1 } = {}): Promise<Result> {
  const start = new Date();
  const active = await site.holder();
  const standby = (await site.loadBalancers()).find((name) => name !== active);
  if (!active || !standby) throw new Error('Nobody holds the Reserved IP: there is nothing to drill.');
  const { id: holder } = await site.droplet(active);
  const name = `drill-${start.getTime()}`;
  const load = await Load.start(site.lab, { url: site.url, authority: site.authority, name });
  try {
    const good = () => goodSeconds(load.samples, load.stalls, RATE);
    const before = await steadyState(site, () => firstRow(good(), BEFORE) !== undefined, 15);
    const actions = new Actions(site, load, { active, standby, seed });
    const fallback = Date.now();
    const problem = before.steady_state_met ? await perform(drill, actions) : 'It was not steady before.';
    const fault = actions.faults[0]?.from ?? fallback;
    const first = load.samples.find(({ index }) => index === 0)?.due ?? fault;
    /** Seconds from some time until a row of good seconds begins; undefined: there is none yet. */
    const settledSince = (time: number): number | undefined => {
      const begin = firstRow(good(), drill.calm ?? calm, Math.floor((time - first) / 1000));
      return begin === undefined ? undefined : Math.max(0, (first + begin * 1000 - time) / 1000);
    };
    const mended = Math.ceil((Date.now() - first) / 1000);
    const isCalm = () =>
      settledSince(actions.healedAt ?? fault) !== undefined &&
      firstRow(good().slice(-STILL), STILL) === 0 &&
      good().length >= mended + STILL;
    const after = await steadyState(site, isCalm, (drill.calm ?? calm) + PATIENCE);
    await load.stop();
    const events = eventsSince(site.lab, start.getTime());
    const counted = load.samples.filter(({ due }) => due >= actions.countedFrom);
    const allMoves = movesIn(events);
    const moves = allMoves.filter(({ time }) => time >= actions.countedFrom);
    const of = (kind: Kind) =>
      figures(
        counted.filter((sample) => sample.kind === kind),
        load.stalls,
        moves,
      );
    const facts: Facts = {
      all: figures(counted, load.stalls, moves),
      static: of('static'),
      read: of('read'),
      write: of('write'),
      moves,
      healed: actions.healedAt === undefined ? undefined : settledSince(actions.healedAt),
      audit: audit(load.samples, await notesOf(site, name), actions.setAside),
      unexplained: unexplained(load.samples, holder, { faults: actions.faults, moves: allMoves }).length,
    };
    const limits = typeof drill.limits === 'function' ? drill.limits(facts) : drill.limits;
    const bars = judge(limits, facts);
    const steady: Bar = {
      what: 'steady afterwards',
      limit: 'yes',
      measured: problem ?? (after.steady_state_met ? 'yes' : 'no'),
      met: after.steady_state_met && problem === undefined,
    };
    const all = [...bars, steady];
    return {
      journal: journalOf(drill, start, { problem, before, after, actions, bars: all }),
      facts,
      marks: await marksOf(site, { fault, gap: facts.all.gap, events }),
      faults: actions.faults,
      bars: all,
      ownGap: ownGap(facts.all, facts.moves),
      settled: settledSince(fault),
      samples: load.samples,
      stalls: load.stalls,
      verdict: verdict(all, facts, actions.findings),
    };
  } finally {
    load.kill();
  }
}

/** Does what the drill says and mends it; resolves to what went wrong with that itself. */
async function perform(drill: Drill, actions: Actions): Promise<string | undefined> {
  try {
    await drill.method(actions);
  } catch (error) {
    return (error as Error).message;
  } finally {
    await actions.rollBack();
  }
}

/** Waits until the stack is whole and its users are content, for so many seconds at most, and records what was so then. */
async function steadyState(site: Site, content: () => boolean, seconds: number): Promise<SteadyState> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    // The stack is asked only then: each question is load of its own.
    while (Date.now() < deadline && !content()) await sleep(200);
    const state = await look(site, content);
    if (state.steady_state_met || Date.now() >= deadline) return state;
    await sleep(200);
  }
}

async function look(site: Site, content: () => boolean): Promise<SteadyState> {
  const probes: Entry[] = [];
  const probe = (name: string, check: () => Promise<string | undefined>) =>
    note(probes, { type: 'probe', name }, async () => {
      const problem = await check();
      if (problem) throw new Error(problem);
      return true;
    }).catch(() => {});
  await probe('nothing is missing', () => site.missing());
  await probe('all requests are answered within a second', async () =>
    content() ? undefined : 'they are not',
  );
  return { steady_state_met: probes.every(({ tolerance_met }) => tolerance_met), probes };
}

function verdict(bars: readonly Bar[], { all, moves, audit }: Facts, findings: readonly string[]): string {
  const missed = bars
    .filter(({ met }) => !met)
    .map(({ what, limit, measured }) => `${what} ${measured} (limit ${limit})`);
  const api = moves.reduce((sum, { seconds }) => sum + seconds, 0);
  const measured = [
    ...findings,
    `longest gap ${all.gap.seconds.toFixed(2)} s`,
    ...(moves.length > 0
      ? [
          `${moves.length} move${moves.length > 1 ? 's' : ''} of the Reserved IP (the API's own ${api.toFixed(2)} s)`,
        ]
      : []),
    `${all.failed} failed, ${all.unknown} unknown and ${all.slow} slow of ${all.sent}`,
    `${audit.acknowledged} acknowledged writes, ${audit.lost.length} lost`,
    ...(audit.setAside > 0 ? [`${audit.setAside} of the time that was given up are gone`] : []),
  ].join('; ');
  return missed.length === 0 ? `Met: ${measured}.` : `Missed: ${missed.join(', ')}. ${measured}.`;
}

function journalOf(
  drill: Drill,
  start: Date,
  {
    problem,
    before,
    after,
    actions,
    bars,
  }: {
    problem: string | undefined;
    before: SteadyState;
    after: SteadyState;
    actions: Actions;
    bars: readonly Bar[];
  },
): Journal {
  const end = new Date();
  const activities = (entries: readonly Entry[]) => entries.map(({ activity }) => activity);
  return {
    experiment: {
      title: drill.title,
      description: drill.hypothesis,
      tags: [`drill-${drill.number}`],
      'steady-state-hypothesis': { title: drill.hypothesis, probes: activities(before.probes) },
      method: activities(actions.run),
      rollbacks: activities(actions.rollbacks),
    },
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    start: start.toISOString(),
    end: end.toISOString(),
    duration: (end.getTime() - start.getTime()) / 1000,
    status: problem === undefined ? 'completed' : 'failed',
    deviated: bars.some(({ met }) => !met),
    steady_states: { before, after },
    run: actions.run,
    rollbacks: actions.rollbacks,
  };
}
