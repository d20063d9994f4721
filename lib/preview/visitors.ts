import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tierName } from '../architecture';
import type { Role } from '../role';
import type { ResourceChange } from './change';
import { capital, releasesIn, tierNames } from './sentences';
import type { TierChange } from './tier-change';

/** What a drill of docs/results.json found, all runs together. */
interface Found {
  readonly date: string;
  readonly runs: number;
  readonly requests: number;
  readonly failed: number;
  /** Seconds without an answer, the longest. */
  readonly gap: number;
  /** Seconds until all was well, the longest; of a drill that lasts until then. */
  readonly seconds: number;
}

/** What visitors notice, and how long it takes, a sentence for each part of a change. */
export interface Noticed {
  readonly visitors: readonly string[];
  readonly duration: readonly string[];
}

/** Requests a second that a drill sends from its beginning to its end. */
const LOAD = 100;

/** The drills whose figures are told: each by its key in docs/results.json. */
export const DRILLS: Readonly<Record<Role | 'several' | 'release', string>> = {
  'load-balancer': 'ours/both-load-balancers-replace',
  web: 'ours/web-replace',
  app: 'ours/app-replace',
  database: 'ours/database-replace',
  several: 'ours/everything-replace',
  release: 'ours/release/a good one',
};

const APART = 'what DigitalOcean takes to make a droplet comes on top, and is not measured';

export function noticed(changes: readonly ResourceChange[], tiers: readonly TierChange[]): Noticed {
  const replaced = tiers.filter((tier) => tier.replaced.length > 0);
  const stateless = replaced.filter(({ role }) => role !== 'database');
  const parts = [
    ...moving(changes),
    ...(stateless.length > 0 ? [byReplacing(stateless)] : []),
    ...(replaced.length > stateless.length ? [byReplacingTheDatabase()] : []),
    ...tiers.filter(({ resized }) => resized.length > 0).map(byResizing),
    ...(releasesIn(changes).length > 0 ? [byReleasing()] : []),
  ];
  if (parts.length > 0) {
    return { visitors: parts.map(([visitors]) => visitors), duration: parts.map(([, duration]) => duration) };
  }
  const grows = tiers.some(({ created }) => created.length > 0);
  const duration = grows
    ? `Some minutes: new droplets install their packages, and get visitors once they serve; ${APART}.`
    : 'Some seconds.';
  const isNew = grows && tiers.every(({ before }) => before === 0);
  return {
    visitors: [isNew ? 'There are none yet: the site is new.' : "Visitors don't notice."],
    duration: [duration],
  };
}

/** The site is at another place: no drill is about that. */
function moving(changes: readonly ResourceChange[]): Part[] {
  const goes = (type: string, name?: string) =>
    changes.some(
      (one) =>
        one.type === type &&
        one.name === (name ?? one.name) &&
        (one.kind === 'replace' || one.kind === 'destroy'),
    );
  if (goes('digitalocean_reserved_ip') || goes('digitalocean_vpc')) {
    return [
      [
        'The site: it is away until everything is made anew elsewhere, and DNS leads there.',
        'The site: not measured.',
      ],
    ];
  }
  const site = changes.find(({ type, name }) => type === 'digitalocean_record' && name === 'dns-domain');
  const isRenamed = site?.kind === 'change' && site.before.name !== site.after.name;
  return isRenamed || goes('digitalocean_record', 'dns-domain')
    ? [['The site: its old name leads nowhere any more.', 'The site: 5 minutes, for which names are cached.']]
    : [];
}

type Part = readonly [visitors: string, duration: string];

function byReplacing(tiers: readonly TierChange[]): Part {
  const [first, another] = tiers;
  const found = drill(first && !another ? first.role : 'several');
  const whose = capital(tierNames(tiers));
  return [
    `${whose}: visitors don't notice${counted(found)}.`,
    `${whose}: ${minutes(found)} in the lab; ${APART}.`,
  ];
}

function byReplacingTheDatabase(): Part {
  const found = drill('database');
  const lab = found ? `; in the lab for ${Math.round(found.seconds)} s (${found.date})` : '';
  return [
    `The database: whatever needs it gets 503 from the application while the new droplet boots${lab}. Files are served.`,
    `The database: the new droplet is made once the old one is gone; ${APART}.`,
  ];
}

/** Terraform does all at once, each droplet like a cut of its power. */
function byResizing({ role, before, resized }: TierChange): Part {
  const oneByOne =
    'docs/operations.md says how to do one after the other ("Resize a droplet"), which visitors don\'t notice';
  const why =
    before > resized.length
      ? `requests on ${resized.join(', ')} are cut`
      : before > 1
        ? `all are powered off at about the same time, and nobody is served meanwhile; ${oneByOne}`
        : 'it is powered off, and nobody serves in its place';
  return [
    `${capital(tierName(role))}: ${role === 'database' ? 'it is powered off, and whatever needs it gets 503' : why}.`,
    `${capital(tierName(role))}: DigitalOcean powers off, resizes and powers on; not measured.`,
  ];
}

function byReleasing(): Part {
  const found = drill('release');
  return [
    `The new release: visitors don't notice${counted(found)}.`,
    `The new release: ${minutes(found)} in the lab, of which 90 s are spent watching it.`,
  ];
}

function counted(found: Found | undefined): string {
  if (!found) return ' (not measured)';
  const { failed, requests, runs, date, gap } = found;
  const number = requests.toLocaleString('en');
  return `: in ${runs} drills of ${date} ${failed} of ${number} requests failed, and the longest time without an answer was ${gap.toFixed(1)} s`;
}

function minutes(found: Found | undefined): string {
  if (!found) return 'some minutes';
  const halves = Math.max(1, Math.ceil((found.seconds / 60) * 2)) / 2;
  return `about ${halves} minute${halves > 1 ? 's' : ''}`;
}

const RESULTS = join(__dirname, '../../docs/results.json');

function drill(which: keyof typeof DRILLS): Found | undefined {
  // Who has the library alone has no results.
  if (!existsSync(RESULTS)) return undefined;
  const one = JSON.parse(readFileSync(RESULTS, 'utf8')).drills[DRILLS[which]];
  if (!one) return undefined;
  const runs: { sent: number; failed: number; unknown: number; gap: number; settled: number }[] = one.runs;
  const sum = (of: (run: (typeof runs)[number]) => number) => runs.reduce((all, run) => all + of(run), 0);
  return {
    date: String(one.circumstances).slice(0, 10),
    runs: runs.length,
    requests: sum(({ sent }) => sent),
    failed: sum(({ failed, unknown }) => failed + unknown),
    gap: Math.max(...runs.map(({ gap }) => gap)),
    // A deployment's drill has its load for as long as the command runs.
    seconds: Math.max(...runs.map(({ sent, settled }) => settled || sent / LOAD)),
  };
}
