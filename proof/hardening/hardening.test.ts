import { readFileSync } from 'node:fs';
import { BASELINES } from './baseline';
import { failures } from './check';
import { DOCUMENT, documentText } from './document';

/** Two-digit numbers from 1, without those that the baseline leaves out, with those that it splits. */
function numbered(prefix: string, last: number, without: number[] = [], more: string[] = []): string[] {
  const numbers = Array.from({ length: last }, (_, index) => index + 1).filter((it) => !without.includes(it));
  return [...numbers.map((it) => String(it).padStart(2, '0')), ...more].map((it) => `${prefix}-${it}`);
}

/** What the baselines number, at the commits that lab/hardening/baseline.ts names. */
const NUMBERS: Readonly<Record<string, string[]>> = {
  Linux: [
    ...numbered('os', 16, [8], ['03b', '05b']),
    ...numbered('package', 9, [4, 7]),
    ...numbered('sysctl', 35, [18, 31], ['31a', '31b']),
  ],
  SSH: [...numbered('ssh', 22), ...numbered('sshd', 50, [26])],
  Nginx: numbered('nginx', 17, [11]),
  MySQL: [...numbered('mysql-conf', 9, [1], ['03b']), ...numbered('mysql-db', 8, [], ['05b'])],
};

test.each(BASELINES)('every control of the baseline for $name is here once', ({ name, controls }) => {
  expect(controls.map(({ id }) => id).sort()).toEqual(NUMBERS[name]?.sort());
});

test('every control has a check or a reason for none', () => {
  const controls = BASELINES.flatMap(({ controls }) => controls);
  expect(controls.filter(({ check, reason }) => !check && !reason)).toEqual([]);
});

test('a droplet that prints nothing at all fails every check', () => {
  const checks = BASELINES.flatMap(({ controls }) => controls).filter(({ check }) =>
    check?.on.includes('database'),
  );
  expect(failures('database', '')).toHaveLength(checks.length);
});

test('docs/hardening.md is what the lists say: run `npx ts-node lab/hardening/document.ts`', () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(documentText());
});
