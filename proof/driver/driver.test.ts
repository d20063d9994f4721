import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIVERS } from './driver';

const documentOf = (name: string) => readFileSync(join(__dirname, '../../docs', name), 'utf8');
const GUIDE = documentOf('your-app.md');

/** Rows of the table of drivers: the file that runs the line, and the pieces of code in its last cell. */
const rows = GUIDE.split('\n')
  .map((line) => /^\| .*\| \[program\]\(\.\.\/proof\/driver\/program\/(\S+)\) \|(.*)\|$/.exec(line))
  .filter((match) => match !== null)
  .map(
    ([, file = '', cell = '']) => [file, [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code)] as const,
  );

const words = (text: string) => text.replace(/\s+/g, ' ');

/** What the machine reads of a driver's program, and of what comes before it. */
function code(file: string): string {
  const program = readFileSync(join(__dirname, 'program', file), 'utf8');
  const before = DRIVERS.find((driver) => driver.file === file)?.before ?? '';
  return words(`${program.replace(/^\s*(\/\/|#).*$/gm, '')} ${before}`);
}

describe('the table of drivers in docs/your-app.md', () => {
  test('has each program that npm run test:drivers runs', () => {
    expect(rows.map(([file]) => file).sort()).toEqual(DRIVERS.map(({ file }) => file).sort());
  });

  test.each(rows)('gives the lines that are run of %s, to the letter', (file, lines) => {
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(code(file)).toContain(words(line ?? ''));
  });
});

test('docs/results.md says of each driver how it fared: run `npm run test:drivers` after changing one', () => {
  const [, section = ''] = documentOf('results.md').split('\n## Drivers that verify MySQL\n');
  const [own = ''] = section.split('\n## ');
  const [, , ...lines] = own.split('\n').filter((line) => line.startsWith('| ') || line.startsWith('|-'));
  expect(lines.map((line) => line.split(' | ')[0]?.slice(2))).toEqual(DRIVERS.map(({ name }) => name));
  for (const line of lines) expect(line).toMatch(/ \| (TLS_|ECDHE-)\S+ \| refused \| refused \|$/);
});
