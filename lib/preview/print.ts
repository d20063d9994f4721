import { tierName } from '../architecture';
import { dollars } from '../cost/bill';
import { table } from '../cost/report';
import type { BillChange, Report } from './report';

/** A part of the report: a heading, and what is below it. */
type Section = readonly [heading: string, body: string];

/** For a terminal. */
export function asText(report: Report, title: string): string {
  return [title, ...sections(report).map(([heading, body]) => `${heading}\n${indented(body)}`)].join('\n\n');
}

/** For a comment on a pull request. */
export function asMarkdown(report: Report, title: string): string {
  return [`### ${title}`, ...sections(report).map(([heading, body]) => `**${heading}**\n\n${body}`)].join(
    '\n\n',
  );
}

function sections(report: Report): Section[] {
  const { refused, changes, visitors, duration, droplets, bill, unpriced, irreversible } = report;
  if (changes.length === 0) return [['Nothing changes.', 'The bill stays as it is.']];
  if (refused.length > 0) {
    return [
      ['It is refused', list(refused)],
      ['What would change', list(changes)],
    ];
  }
  const { before, meanwhile, after } = droplets;
  const count =
    meanwhile > Math.max(before, after)
      ? `${before}, up to ${meanwhile} meanwhile, ${after} in the end. \`npm run check\` says whether the account has room.`
      : before === after
        ? `${after}, as before.`
        : `${before}, ${after} in the end.`;
  return [
    ['What changes', list(changes)],
    ['What visitors notice', list(visitors)],
    ['How long it takes', list(duration)],
    ['Droplets', count],
    ['The bill, in US dollars a month', unpriced.length > 0 ? list(unpriced) : billTable(bill)],
    ["What can't be undone", list(irreversible.length > 0 ? irreversible : ['Nothing.'])],
  ];
}

function billTable(bill: readonly BillChange[]): string {
  return table(
    ['', 'before', 'after', ''],
    bill.map(({ role, of, before, after }) => [
      role ? tierName(role).replace('the ', '') : of,
      dollars(before),
      dollars(after),
      before === after ? '' : `${after > before ? '+' : ''}${dollars(after - before)}`,
    ]),
  );
}

const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');
