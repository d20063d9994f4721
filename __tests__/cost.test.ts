import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectureOf } from '../lib/architecture';
import { billOf } from '../lib/cost/bill';
import { SIZES } from '../lib/cost/prices';
import { costReport } from '../lib/cost/report';
import { stepsOf } from '../lib/cost/steps';
import { dropletSize } from '../lib/setting-formats';
import type { SettingsInput } from '../lib/settings';
import { EVERY_SETTING, synth } from './synth';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');
const architecture = (settings?: Partial<SettingsInput>) => architectureOf(synth(settings));
const monthly = (settings?: Partial<SettingsInput>) => billOf(architecture(settings)).monthly;
const WITH_ALERTS = { alerts: { emails: ['ops@foobar.com'] } };

describe('npm run cost', () => {
  test('says what docs/costs.md shows: write it there again when this fails', () => {
    expect(read('docs/costs.md')).toContain(costReport(architecture(), undefined));
  });

  test('agrees with the figures of the documents', () => {
    const figures = `$${monthly()} a month as it stands, $${monthly(WITH_ALERTS)} with alerts`;
    expect(read('README.md')).toContain(figures);
    expect(read('docs/costs.md')).toContain(`two uptime checks, $1 each: $${monthly(WITH_ALERTS)} together`);
  });

  test('counts every droplet, GiB and check, each for its role', () => {
    const { lines, monthly, includedTraffic } = billOf(architecture(EVERY_SETTING));
    expect(lines.map(({ role, what, monthly }) => [role, what, monthly])).toEqual([
      ['load-balancer', '2 load balancers', 36],
      ['web', '3 web servers', 54],
      ['app', '2 app servers', 84],
      ['database', 'database', 84],
      ['database', 'volume', 10],
      ['database', 'work volume', 25],
      [undefined, 'Reserved IP', 0],
      [undefined, '2 uptime checks', 2],
      [undefined, 'Spaces', 5],
    ]);
    expect(monthly).toBe(300);
    expect(includedTraffic).toBe(2 * 3 + 3 * 3 + 2 * 4 + 4);
  });

  test('ends with a sentence when a size has no price', () => {
    expect(() => billOf(architecture({ web: { size: 'g-2vcpu-8gb-intel' } }))).toThrow(
      /^g-2vcpu-8gb-intel: has no price in the list of \w+ 20\d\d \(lib\/cost\/prices\.ts\); add what/,
    );
  });

  test('prices what goes beyond the traffic that the droplets bring, and nothing below it', () => {
    expect(costReport(architecture(), 8)).toContain('With 8 TiB a month that is $20.48 more (2 TiB beyond).');
    expect(costReport(architecture(), 6)).toContain('With 6 TiB a month that is $0 more');
  });

  test('says what one size up and down costs, where the role can have it', () => {
    expect(stepsOf(architecture())).toEqual([
      {
        ...{ role: 'load-balancer', count: 2 },
        down: { size: 's-1vcpu-512mb-10gb', change: -4 },
        up: { size: 's-1vcpu-2gb', change: 12 },
      },
      expect.objectContaining({ role: 'web', up: { size: 's-1vcpu-2gb', change: 6 }, more: 6 }),
      expect.objectContaining({ role: 'app', count: 1 }),
      expect.objectContaining({ role: 'database', down: { size: 's-1vcpu-1gb', change: -6 } }),
    ]);
    const [, web, , database] = stepsOf(
      architecture({ web: { size: 's-8vcpu-16gb' }, database: { size: 's-1vcpu-1gb' } }),
    );
    expect(web).not.toHaveProperty('up.size');
    expect(database).not.toHaveProperty('down.size');
  });
});

describe('the price list', () => {
  test('has each size once, under a slug that the settings take', () => {
    const slugs = SIZES.map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(slugs.filter((slug) => !dropletSize.safeParse(slug).success)).toEqual([]);
  });

  test('goes from the cheapest to the dearest of each family, with ever more traffic and disk', () => {
    for (const [i, size] of SIZES.entries()) {
      const before = SIZES[i - 1];
      if (before?.family !== size.family) continue;
      expect(size.monthly).toBeGreaterThan(before.monthly);
      expect(size.traffic).toBeGreaterThanOrEqual(before.traffic);
      expect(size.disk).toBeGreaterThan(before.disk);
    }
  });
});
