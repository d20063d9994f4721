import { type Architecture, counted } from '../architecture';
import { type Bill, billOf, dollars } from './bill';
import { AS_OF, PRICES } from './prices';
import { type Step, type Steps, stepsOf } from './steps';

/** TiB a month to the internet, as somebody expects them. */
export type Traffic = number | undefined;

/** What a stack costs, as Markdown; a terminal shows it as well. */
export function costReport(architecture: Architecture, traffic: Traffic): string {
  const bill = billOf(architecture);
  return [
    `DigitalOcean's list prices of ${AS_OF}, in US dollars a month and without tax.`,
    billTable(bill),
    trafficSentence(bill, traffic),
    stepTable(stepsOf(architecture)),
  ].join('\n\n');
}

/** The bill as a table. */
export function billTable({ lines, monthly }: Bill): string {
  return table(
    ['what', 'of', 'a month'],
    [
      ...lines.map((line) => [line.what, line.of, dollars(line.monthly)]),
      ['**together**', '', `**${dollars(monthly)}**`],
    ],
  );
}

/** Included and beyond. Traffic between the droplets is free, as is what comes in. */
export function trafficSentence({ includedTraffic }: Bill, traffic: Traffic): string {
  const included = `Traffic to the internet: ${includedTraffic} TiB a month come with the droplets, shared by all of the account; beyond that a GiB is ${dollars(PRICES.traffic)}.`;
  if (traffic === undefined) return included;
  const beyond = Math.max(0, traffic - includedTraffic);
  return `${included} With ${traffic} TiB a month that is ${dollars(trafficCost(includedTraffic, traffic))} more (${beyond} TiB beyond).`;
}

/** Dollars a month for what goes beyond; TiB. */
export function trafficCost(included: number, traffic: number): number {
  return Math.max(0, traffic - included) * 1024 * PRICES.traffic;
}

function stepTable(all: readonly Steps[]): string {
  const step = (to: Step | undefined) => (to ? `\`${to.size}\`: ${difference(to.change)}` : '');
  return table(
    ['', 'one size down', 'one size up', 'one more'],
    all.map(({ role, count, down, up, more }) => [
      role === 'database' && count === 1 ? 'database' : counted(role, count),
      step(down),
      step(up),
      more === undefined ? '' : difference(more),
    ]),
  );
}

/** "$6 more", "$4 less". */
export function difference(change: number): string {
  if (change === 0) return 'the same';
  return `${dollars(Math.abs(change))} ${change > 0 ? 'more' : 'less'}`;
}

/** A Markdown table, its columns as wide as what is in them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
