import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';

const OS_RELEASE = '/etc/os-release';
const RESULTS = join(__dirname, '..', '..', 'docs', 'results.md');
const HEADER =
  '# Measured\n\nEach section is written by the command it names. Times depend on the machine; ratios and counts do not.\n';

/** Replaces one section of docs/results.md, or adds it. */
export function writeSection(title: string, body: string): void {
  const text = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : HEADER;
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, withSection(text, title, body));
}

/** A document with a section in the place of the one of its title, or at the end. */
export function withSection(text: string, title: string, body: string): string {
  const heading = `## ${title}\n`;
  const sections = text.split(/^(?=## )/m).map((section) => `${section.trimEnd()}\n`);
  const place = sections.findIndex((section) => section.startsWith(heading));
  sections[place < 0 ? sections.length : place] = `${heading}\n${body.trim()}\n`;
  return sections.join('\n');
}

/** When and on what it was measured, in one line. */
export function circumstances(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${system()}, ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB`;
}

/** A Linux distribution by its own name; elsewhere the kernel. */
function system(): string {
  const text = existsSync(OS_RELEASE) ? readFileSync(OS_RELEASE, 'utf8') : '';
  return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? `${type()} ${release()}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A table of Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}
