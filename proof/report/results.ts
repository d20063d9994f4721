import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { circumstances, median, writeSection } from '../bench/results';
import { API_DELAY, type Plan } from '../drill/plan';
import type { Result } from '../drill/run/experiment';
import { type Phase, phases } from './phases';
import type { Bar } from './thresholds';

const FILE = join(__dirname, '..', '..', 'docs', 'results.json');

/** A fault that ends sooner, as a reboot does, leaves no time to see whether service comes back without that. Milliseconds. */
const SHORT = 30_000;

/** What is kept of one run. Times are seconds. */
export interface Run {
  readonly start: string;
  readonly gap: number;
  /** Without what the API itself needed. */
  readonly ownGap: number;
  /** False: service came back only when the fault was mended. */
  readonly byItself: boolean;
  readonly sent: number;
  readonly failed: number;
  readonly failedOnNew: number;
  readonly unknown: number;
  readonly slow: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly lost: number;
  readonly moves: number;
  readonly settled: number | null;
  readonly phases: readonly Phase[];
  readonly bars: readonly Bar[];
  readonly verdict: string;
}

/** All runs of one drill on one stack, as they were last measured. */
export interface Measured {
  readonly stack: string;
  readonly number: number;
  readonly name: string;
  readonly variant?: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly circumstances: string;
  readonly runs: readonly Run[];
}

/** A drill without what it tests: what was taken out, and what it then said. */
export interface SeenFailing {
  readonly number: number;
  readonly name: string;
  readonly what: string;
  readonly verdict: string;
}

/** All by key of the plan. */
export interface Results {
  readonly drills: Readonly<Record<string, Measured>>;
  readonly seenFailing: Readonly<Record<string, SeenFailing>>;
}

export function readResults(): Results {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { drills: {}, seenFailing: {} };
}

export function runOf(
  { stack }: Plan,
  { journal, facts, marks, faults, bars, ownGap, settled, verdict }: Result,
): Run {
  const { all, audit, moves } = facts;
  const mended = Math.min(...faults.map(({ to = Number.POSITIVE_INFINITY }) => to));
  return {
    start: journal.start,
    gap: all.gap.seconds,
    ownGap,
    byItself:
      marks.lastSuccess === undefined ||
      all.gap.to <= mended ||
      faults.every(({ from, to = from }) => to - from < SHORT),
    sent: all.sent,
    failed: all.failed,
    failedOnNew: all.failedOnNew,
    unknown: all.unknown,
    slow: all.slow,
    reasons: all.reasons,
    acknowledged: audit.acknowledged,
    lost: audit.lost.length,
    moves: moves.length,
    settled: settled ?? null,
    phases: phases(marks, stack.budget),
    bars,
    verdict,
  };
}

/** Replaces what was measured of one drill on one stack, in docs/results.json and docs/results.md. */
export function keep({ key, stack, name, drill }: Plan, runs: readonly Run[]): Results {
  const { number, variant, title, hypothesis } = drill;
  const measured: Measured = {
    ...{ stack: stack.name, number, name, variant, title, hypothesis },
    ...{ circumstances: circumstances(), runs },
  };
  const { drills, seenFailing } = readResults();
  return write({ drills: { ...drills, [key]: measured }, seenFailing });
}

/** Replaces how a drill was seen failing. */
export function keepSeenFailing({ key, drill }: Plan, what: string, verdict: string): Results {
  const name = `${drill.title}${drill.variant ? `: ${drill.variant}` : ''}`;
  const { drills, seenFailing } = readResults();
  return write({
    drills,
    seenFailing: { ...seenFailing, [key]: { number: drill.number, name, what, verdict } },
  });
}

function write({ drills, seenFailing }: Results): Results {
  const results = { drills: inOrder(drills), seenFailing: inOrder(seenFailing) };
  writeFileSync(FILE, `${JSON.stringify(results, null, 1)}\n`);
  writeSection('Drills', section(results));
  return results;
}

function inOrder<T extends { number: number }>(all: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).sort(([, a], [, b]) => a.number - b.number));
}

function section({ drills, seenFailing }: Results): string {
  const all = Object.values(drills);
  const ours = all.filter(({ stack, name }) => stack === 'ours' && name !== API_DELAY);
  return [
    '`npm run drills` ([report with pictures](drills.html), [all figures](results.json))',
    [...new Set(all.map(({ circumstances }) => circumstances.replace(/^\S+, /, '')))].join('; '),
    INTRODUCTION,
    drillTable(ours),
    '### Beside the tutorial',
    SIDE_BY_SIDE,
    sideBySide(all),
    '### Beside a release by hand',
    BY_HAND,
    byHandTable(all),
    "### Outage against the API's own time",
    delayTable(all),
    '### Seen failing',
    '`npm run drills -- --mutate` runs each drill once with what it tests taken out, and fails when the drill does not notice.',
    failingTable(Object.values(seenFailing)),
  ].join('\n\n');
}

const INTRODUCTION = `The load is 100 requests a second: 40 % files, 40 % pages with a query, 20 % writes; half of them on new connections; sent when they are due whatever became of the earlier ones. Two web and two app droplets. A *gap* is the longest time between two successes, without the time that the API itself needed to move the Reserved IP: 1 s in this lab, nobody knows at DigitalOcean. With it in parentheses. Counts are those of the worst run. *Good again*: seconds from the fault until every request is answered within a second, for 20 s; for 5 s in a drill's repetitions, with the API's troubles, and where nothing was to be noticed. In no run was an acknowledged write lost or done twice, unless it says so.`;

const SIDE_BY_SIDE = `The load balancers of DigitalOcean's tutorial "How To Set Up Highly Available HAProxy Servers with Keepalived and Reserved IPs" (\`proof/tutorial-stack/\`) in front of the same web, app and database droplets, under the same load and faults, in the same lab. It has no cloud firewall, and serves plain HTTP, as the tutorial has it; with our firewall VRRP is dropped. Medians: the longest gap in seconds, with the API's own time ("never": not within 40 s), requests lost, and requests slower than 1 s.`;

const BY_HAND = `The same images under the same load in the same lab, as containers are widely deployed to plain servers: on one app server after the other pulled, stopped and started, as \`docker compose pull && docker compose up --detach\` does (here by podman). Nothing of ours looks after them; Nginx still asks another app server where one refuses. Figures as in the table above.`;

function drillTable(rows: readonly Measured[]): string {
  return markdown(
    [
      '',
      'drill',
      'n',
      'gap: median',
      'worst',
      'failed',
      'unknown',
      'slow',
      'of',
      'moves',
      'good again',
      'bars met',
      'measured',
    ],
    rows.map(({ number, title, variant, runs, circumstances }) => {
      const most = (of: (run: Run) => number) => Math.max(...runs.map(of));
      const settled = median(runs.map((run) => run.settled ?? Number.POSITIVE_INFINITY));
      const lost = most((run) => run.lost);
      const moves = [...new Set(runs.map((run) => run.moves))].sort();
      return [
        number,
        `${title}${variant ? `: ${variant}` : ''}${lost > 0 ? ` (**${lost} acknowledged writes lost**)` : ''}`,
        runs.length,
        `${seconds(median(runs.map((run) => run.ownGap)))} (${seconds(median(runs.map((run) => run.gap)))})`,
        `${seconds(most((run) => run.ownGap))} (${seconds(most((run) => run.gap))})`,
        ...[
          most((run) => run.failed),
          most((run) => run.unknown),
          most((run) => run.slow),
          most((run) => run.sent),
        ],
        moves.join(' or '),
        Number.isFinite(settled) ? settled.toFixed(1) : 'never',
        isMet(runs) ? 'all' : `**${runs.filter((run) => isMet([run])).length} of ${runs.length}**`,
        circumstances.split(',')[0] ?? '',
      ];
    }),
  );
}

function sideBySide(all: readonly Measured[]): string {
  const of = (stack: string) =>
    all.filter((measured) => measured.stack === stack && measured.name !== API_DELAY);
  return markdown(
    ['', 'drill', 'ours', "tutorial's", 'ratio', "tutorial's, with our firewall", 'ratio'],
    of('ours').flatMap((own) => {
      const same = ({ name, variant }: Measured) => name === own.name && variant === own.variant;
      const others = ['tutorial', 'tutorial-firewalled'].map((stack) => of(stack).find(same));
      if (others.every((other) => other === undefined)) return [];
      const cells = others.flatMap((other) => (other ? [gapCell(other), ratio(own, other)] : ['', '']));
      return [[own.number, `${own.title}${own.variant ? `: ${own.variant}` : ''}`, gapCell(own), ...cells]];
    }),
  );
}

function byHandTable(all: readonly Measured[]): string {
  const rows = all.filter(({ stack }) => stack === 'by-hand');
  return markdown(
    ['', 'drill', 'ours', 'by hand'],
    rows.map((hand) => {
      const same = ({ name, variant }: Measured) => name === hand.name && variant === hand.variant;
      const own = all.find((measured) => measured.stack === 'ours' && same(measured));
      return [hand.number, `${hand.title}: ${hand.variant ?? ''}`, own ? gapCell(own) : '', gapCell(hand)];
    }),
  );
}

function delayTable(all: readonly Measured[]): string {
  const rows = all.filter(({ name, stack }) => name === API_DELAY && stack === 'ours');
  return markdown(
    ['the API needs', 'ours: longest gap', "tutorial's", 'ratio'],
    rows.map((own) => {
      const other = all.find(
        ({ stack, name, variant }) => stack === 'tutorial' && name === API_DELAY && variant === own.variant,
      );
      return [
        own.variant ?? '',
        `${gapCell(own)} s`,
        other ? `${gapCell(other)} s` : '',
        other ? ratio(own, other) : '',
      ];
    }),
  );
}

function failingTable(rows: readonly SeenFailing[]): string {
  return markdown(
    ['', 'drill', 'seen failing when', 'what it said'],
    rows.map(({ number, name, what, verdict }) => [number, name, what, verdict]),
  );
}

/** What users saw, in medians: the gap with all that is in it, what was lost, and what came late. */
export function seen({ runs }: Measured): Readonly<Record<'gap' | 'lost' | 'slow', string>> {
  const of = (what: (run: Run) => number) => median(runs.map(what));
  return {
    gap: runs.every(({ byItself }) => byItself) ? seconds(of((run) => run.gap)) : 'never',
    lost: String(of(({ failed, unknown }) => failed + unknown)),
    slow: String(of((run) => run.slow)),
  };
}

function gapCell(measured: Measured): string {
  const { gap, lost, slow } = seen(measured);
  return `${gap} (${lost} lost, ${slow} slow, n = ${measured.runs.length})`;
}

export function ratio(own: Measured, other: Measured): string {
  const gap = ({ runs }: Measured) => Math.max(median(runs.map((run) => run.gap)), 0.1);
  const least = other.runs.every(({ byItself }) => byItself) ? '' : '> ';
  return `${least}${(gap(other) / gap(own)).toFixed(1)}`;
}

export const isMet = (runs: readonly Run[]) => runs.every(({ bars }) => bars.every(({ met }) => met));

export const seconds = (value: number) => (value < 0.095 ? '< 0.1' : value.toFixed(value < 10 ? 2 : 1));

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
