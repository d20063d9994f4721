import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusReport } from '../../lab/instance/status-report';
import { parts, withParts } from './readme';
import { type Measured, type Run, readResults } from './results';

const README = readFileSync(join(__dirname, '../../README.md'), 'utf8');

test('README has the figures of docs/results.json: `npx ts-node proof/report/readme.ts` writes them when this fails', () => {
  for (const part of Object.values(parts(readResults()))) expect(README).toContain(part);
  expect(withParts(README, readResults())).toBe(README);
});

test('what was measured is medians for a fault and sums for a change, beside the tutorial, with runs and days', () => {
  const run = { byItself: true, failed: 0, unknown: 0, slow: 0, sent: 0 };
  const measured = (stack: string, name: string, runs: object[]) =>
    ({ stack, name, runs: runs.map((one) => ({ ...run, ...one }) as Run) }) as Partial<Measured> as Measured;
  const { faults, changes, failing } = parts({
    drills: {
      'ours/haproxy-hang': measured('ours', 'haproxy-hang', [
        { start: '2026-11-29T23:59:59Z', gap: 2.9, unknown: 88, slow: 210 },
        { start: '2026-11-29T12:00:00Z', gap: 2, failed: 1, unknown: 90, slow: 200 },
        { start: '2026-11-30T12:00:00Z', gap: 3, slow: 220 },
      ]),
      'tutorial/haproxy-hang': measured('tutorial', 'haproxy-hang', [
        { start: '2026-11-24T12:00:00Z', gap: 45, byItself: false, unknown: 3888 },
      ]),
      'ours/web-replace': measured('ours', 'web-replace', [
        { start: '2026-11-29T12:00:00Z', sent: 9000, slow: 20 },
        { start: '2026-11-29T12:00:00Z', sent: 400, slow: 4 },
      ]),
    },
    seenFailing: { 'ours/haproxy-hang': { number: 3, name: '', what: '', verdict: '' } },
  });
  expect(faults).toContain(
    '| Its HAProxy hangs, with open ports | 2.90 | 88 | 210 | never | 3888 | 0 | > 15.5 |\n',
  );
  expect(faults).toContain(
    "Medians: ours in 3 runs each, of 29 November 2026 and 30 November 2026, the tutorial's in 1 run each, of 24 November 2026.",
  );
  expect(changes).toContain(
    '| A changed file of the web servers: both are replaced | 9,400 | 0 | 0 | 24 |\n',
  );
  expect(failing).toMatch(/^1 of 2 drills and variants were mutation-tested/);
});

test("what README shows of the lab's status is how that is printed", () => {
  const [, sample = ''] = /npm run lab -- status\n\n((?: {8}.*\n)+)/.exec(README) ?? [];
  const shown = sample
    .replaceAll(/^ {8}/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '...');
  const droplet = (index: number, initPid: number | undefined) => ({
    ...{ id: index, name: `production-load-balancer-${index}`, image: 'debian-13-x64', initPid, servers: {} },
    ...{
      publicIp: `198.18.0.${15 + index}`,
      privateIp: `10.20.0.${7 + index}`,
      anchorIp: `10.10.0.${index}`,
    },
  });
  const printed = statusReport({
    lab: 'lab',
    droplets: [droplet(1, undefined), droplet(2, 4711)],
    reservedIps: { '198.19.0.10': 'production-load-balancer-2' },
    faults: [],
  });
  expect(shown.filter(Boolean)).toHaveLength(5);
  expect(printed.split('\n')).toEqual(expect.arrayContaining(shown.filter(Boolean)));
});
