import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../drill/plan';
import type { Result } from '../drill/run/experiment';
import { COLOURS, escaped, picture } from './chart';
import { isMet, type Results, type Run, seconds } from './results';

const DOCS = join(__dirname, '..', '..', 'docs');
const FILE = join(DOCS, 'drills.html');
/** The drill whose picture README shows. */
const IN_README = 'ours/load-balancer-power-off';

/** One run with its picture. */
export interface Shown {
  readonly run: Run;
  readonly result: Result;
}

const STYLE = `${COLOURS}
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
  h1, h2, h3 { line-height: 1.2 }
  h2 { margin-top: 3rem; border-top: 1px solid var(--faint); padding-top: 1.5rem }
  h2 small { font-weight: 400; color: var(--soft) }
  table { border-collapse: collapse; margin: .6rem 0 1.2rem; font-size: 14px }
  th, td { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid var(--faint); vertical-align: top }
  th { font-weight: 600; color: var(--soft) }
  td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
  svg { width: 100%; height: auto }
  .met::before { content: "\\2713\\00a0"; color: var(--ok) }
  .missed { font-weight: 600 }
  .missed::before { content: "\\2717\\00a0"; color: var(--failed) }
  .tables { display: flex; flex-wrap: wrap; gap: 0 3rem }
  a { color: var(--ok) }`;

/**
 * Puts one drill's section into docs/drills.html, in place of what it was there, and lists what is measured at the top. README's
 * picture is written with it.
 */
export function writeReport({ key, drill, stack }: Plan, runs: readonly Shown[], results: Results): void {
  const sections = existsSync(FILE) ? sectionsIn(readFileSync(FILE, 'utf8')) : new Map<string, string>();
  sections.set(key, section({ key, drill, stack }, runs));
  if (key === IN_README)
    writeFileSync(join(DOCS, 'load-balancer-power-off.svg'), pictureOf(drill, worstOf(runs)));
  const ordered = Object.keys(results.drills).filter((name) => sections.has(name));
  writeFileSync(
    FILE,
    [
      '<!doctype html>',
      '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Drills</title>',
      `<style>${STYLE}</style></head><body>`,
      '<h1>Drills</h1>',
      '<p>Every promise of the stack, broken on purpose in the lab, under a steady load of 100 requests a second. Each point is one request: when it was due, how long it took, what became of it. Pictures are of the worst run.</p>',
      overview(results.drills),
      ...ordered.map((name) => `<!-- drill ${name} -->\n${sections.get(name)}\n<!-- end -->`),
      '</body></html>\n',
    ].join('\n'),
  );
}

function sectionsIn(html: string): Map<string, string> {
  const found = html.matchAll(/<!-- drill (.*?) -->\n(.*?)\n<!-- end -->/gs);
  return new Map([...found].map(([, key = '', text = '']) => [key, text]));
}

function overview(drills: Results['drills']): string {
  const rows = Object.entries(drills).map(([key, { number, stack, title, variant, runs }]) => [
    String(number),
    `<a href="#${anchor(key)}">${escaped(title)}${variant ? `: ${escaped(variant)}` : ''}</a>`,
    stack === 'ours' ? '' : stack,
    String(runs.length),
    seconds(Math.max(...runs.map(({ ownGap }) => ownGap))),
    seconds(Math.max(...runs.map(({ gap }) => gap))),
    stack === 'ours' ? tick(isMet(runs), isMet(runs) ? 'met' : 'missed') : '',
  ]);
  return table(
    ['', 'drill', 'stack', 'n', 'longest gap, s', "with the API's own time, s", 'bars'],
    rows,
    [3, 4, 5],
  );
}

function section(
  { key, drill, stack }: Pick<Plan, 'key' | 'drill' | 'stack'>,
  runs: readonly Shown[],
): string {
  const worst = worstOf(runs);
  const { run } = worst;
  const { hypothesis, number } = drill;
  const whose = stack.name === 'ours' ? '' : ` <small>${stack.name}</small>`;
  return [
    `<h2 id="${anchor(key)}">${number}. ${escaped(nameOf(drill))}${whose}</h2>`,
    `<p>${escaped(hypothesis)}</p>`,
    pictureOf(drill, worst),
    `<p>${escaped(run.verdict)}</p>`,
    '<div class="tables">',
    run.phases.length > 0 ? table(['phase', 'took, s', 'budget, s'], phaseRows(run), [1, 2]) : '',
    table(['bar', 'limit', 'measured'], barRows(run), [1, 2]),
    runs.length > 1
      ? table(['run', 'gap, s', 'failed', 'unknown', 'slow'], runRows(runs), [0, 1, 2, 3, 4])
      : '',
    '</div>',
  ].join('\n');
}

function pictureOf(drill: Plan['drill'], { result }: Shown): string {
  return picture({ ...result, title: nameOf(drill) });
}

const nameOf = ({ title, variant }: Plan['drill']) => `${title}${variant ? `: ${variant}` : ''}`;

function phaseRows({ phases }: Run): string[][] {
  return phases.map(({ name, seconds: took, budget }) => [
    name,
    took.toFixed(2),
    budget === undefined ? 'not ours' : tick(took <= budget, budget.toFixed(2)),
  ]);
}

function barRows({ bars }: Run): string[][] {
  return bars.map(({ what, limit, measured, met }) => [what, limit, tick(met, escaped(measured))]);
}

function runRows(runs: readonly Shown[]): string[][] {
  return runs.map(({ run: { ownGap, failed, unknown, slow } }, i) =>
    [i + 1, ownGap.toFixed(2), failed, unknown, slow].map(String),
  );
}

/** A run that missed a bar is worse than any that met all. */
export function worstOf(runs: readonly Shown[]): Shown {
  const badness = ({ run }: Shown) =>
    (isMet([run]) ? 0 : 1000) + run.ownGap + (run.failed + run.unknown) / 1000;
  return runs.reduce((worst, shown) => (badness(shown) > badness(worst) ? shown : worst));
}

const tick = (met: boolean, text: string) => `<span class="${met ? 'met' : 'missed'}">${text}</span>`;
const anchor = (key: string) => key.replace(/[^a-z0-9]+/gi, '-');

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const cell = (tag: 'th' | 'td') => (text: string, column: number) =>
    `<${tag}${numbers.includes(column) ? ' class="number"' : ''}>${text}</${tag}>`;
  const body = rows.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`);
  return `<table><tr>${head.map(cell('th')).join('')}</tr>\n${body.join('\n')}</table>`;
}
