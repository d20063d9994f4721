import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../bench/results';
import { API_DELAY } from '../drill/plan';
import { type Measured, type Results, ratio, readResults, seen } from './results';

/** The figures of README, which are those of docs/results.json. */

const FILE = join(__dirname, '..', '..', 'README.md');

/** Drills by what README calls them. */
const FAULTS = {
  'load-balancer-power-off': 'The active load balancer loses power',
  'haproxy-hang': 'Its HAProxy hangs, with open ports',
  'public-link-cut': 'Its public link is cut',
  'haproxy-kill': 'Its HAProxy is killed',
  'load-balancer-reboot/open connections go on': 'It is rebooted, in order',
};
const CHANGES = {
  'web-replace': 'A changed file of the web servers: both are replaced',
  'app-replace': 'of the app servers',
  'both-load-balancers-replace': 'of the load balancers: both, and the Reserved IP moves',
  'everything-replace': 'All six at once',
  'release/a good one': 'A new release of the application (`app.image`), on both app servers',
  'release/one that ends by itself': 'A release that ends by itself, and going back',
};

/** What stands between its two marks in README, by name. */
export function parts({ drills, seenFailing }: Results): Readonly<Record<string, string>> {
  const measured = (keys: object, stack: string) =>
    Object.keys(keys).flatMap((key) => drills[`${stack}/${key}`] ?? []);
  const [faults, tutorials, changes] = [
    measured(FAULTS, 'ours'),
    measured(FAULTS, 'tutorial'),
    measured(CHANGES, 'ours'),
  ];
  const variants = Object.values(drills).filter(({ stack, name }) => stack === 'ours' && name !== API_DELAY);
  return {
    faults: [
      table(
        [
          '',
          'scale-up: seconds without an answer',
          'lost',
          'slower than 1 s',
          "the tutorial's: seconds",
          'lost',
          'slower',
          'ratio',
        ],
        Object.entries(FAULTS).map(([key, title]) => {
          const [own, other] = [drills[`ours/${key}`], drills[`tutorial/${key}`]];
          const cells = (one?: Measured) => (one ? Object.values(seen(one)) : ['', '', '']);
          return [title, ...cells(own), ...cells(other), own && other ? ratio(own, other) : ''];
        }),
      ),
      `Medians: ours ${circumstancesOf(faults)}, the tutorial's ${circumstancesOf(tutorials)}. "Never": not within 40 s.`,
    ].join('\n\n'),
    changes: [
      table(
        ['', 'requests', 'failed', 'without an answer in 5 s', 'slower than 1 s'],
        Object.entries(CHANGES).map(([key, title]) => [title, ...sums(drills[`ours/${key}`])]),
      ),
      `Together, ${circumstancesOf(changes)}.`,
    ].join('\n\n'),
    failing: `${Object.keys(seenFailing).length} of ${variants.length} drills and variants were mutation-tested: seen failing with what they test taken out.`,
  };
}

/** Of all runs of a drill together. */
function sums(measured?: Measured): string[] {
  const runs = measured?.runs ?? [];
  return (['sent', 'failed', 'unknown', 'slow'] as const).map((what) =>
    runs.reduce((sum, run) => sum + run[what], 0).toLocaleString('en-US'),
  );
}

/** `in 5 runs each, of 24 and 29 November 2026`. */
function circumstancesOf(all: readonly Measured[]): string {
  const distinct = <T>(values: readonly T[]) => [...new Set(values)].sort();
  const counts = distinct(all.map(({ runs }) => runs.length));
  const days = distinct(all.flatMap(({ runs }) => runs.map(({ start }) => start.slice(0, 10))));
  const said = days.map((day) =>
    new Date(day).toLocaleDateString('en-GB', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    }),
  );
  return `in ${counts.join(' or ')} ${counts.at(-1) === 1 ? 'run' : 'runs'} each, of ${said.join(' and ')}`;
}

/** Puts them into a text. */
export function withParts(text: string, results: Results): string {
  return Object.entries(parts(results)).reduce((before, [name, part]) => {
    const between = new RegExp(`(<!-- ${name}: .* -->\\n)[^]*?(\\n<!-- end -->)`);
    return before.replace(between, (_, begin, end) => `${begin}${part}${end}`);
  }, text);
}

export function writeReadme(results: Results): void {
  writeFileSync(FILE, withParts(readFileSync(FILE, 'utf8'), results));
}

if (require.main === module) writeReadme(readResults());
