import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedChanges } from '../lib/preview/expected';
import { NOTHING, pastOf, pastOfState, pastOfSynthesis } from '../lib/preview/past';
import { changesOf } from '../lib/preview/plan-file';
import { asMarkdown, asText } from '../lib/preview/print';
import { type Report, reportOf } from '../lib/preview/report';
import { sameTemplate } from '../lib/preview/template';
import type { SettingsInput } from '../lib/settings';
import { synth } from './synth';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'scale-up-preview-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** What a deployment of the second settings does where the first ones are. */
function preview(before: Partial<SettingsInput>, now: Partial<SettingsInput>): Report {
  const file = join(folder, 'before.json');
  writeFileSync(file, JSON.stringify(synth(before)));
  return reportOf(expectedChanges(synth(now), pastOfSynthesis(file)));
}

describe('what a stack is compared with', () => {
  const backend = (kind: object) => ({ terraform: { backend: kind } });
  const local = backend({ local: { path: '../terraform.shop.tfstate' } });
  const bucket = backend({ s3: {} });
  /** What there was, by name: an earlier synthesis with this, and whether the state is there. */
  const past = (now: object, { before, state = false }: { before?: object; state?: boolean }) => {
    const place = { folder: join(folder, 'shop'), file: join(folder, 'cdk.tf.json') };
    rmSync(place.file, { force: true });
    rmSync(join(folder, 'terraform.shop.tfstate'), { force: true });
    if (before) writeFileSync(place.file, JSON.stringify(before));
    if (state) writeFileSync(join(folder, 'terraform.shop.tfstate'), '{"version": 4, "resources": []}');
    return pastOf(place, now).name.split(' ').slice(0, 2).join(' ');
  };

  test('is its state where that is here, also of one that was synthesized under another name, or whose state is to move', () => {
    expect(past(local, { state: true })).toBe('the state');
    expect(past(local, { before: local, state: true })).toBe('the state');
    expect(past(bucket, { before: local, state: true })).toBe('the state');
  });

  test('is the synthesis of before where there is none, or nothing', () => {
    expect(past(local, { before: local })).toBe('the synthesis');
    expect(past(bucket, { before: bucket })).toBe('the synthesis');
    expect(past(bucket, {})).toBe('nothing: there');
    expect(past(local, {})).toBe('nothing: there');
  });
});

describe('npm run preview', () => {
  test('says that nothing changes, and nothing else', () => {
    expect(asText(preview({}, {}), 'Title')).toBe('Title\n\nNothing changes.\n  The bill stays as it is.');
  });

  test('says of a first deployment what is made', () => {
    const { changes, droplets, bill, visitors } = reportOf(expectedChanges(synth(), NOTHING));
    expect(visitors).toEqual(['There are none yet: the site is new.']);
    expect(changes).toEqual([
      'New: 2 load balancers (load-balancer-1, load-balancer-2).',
      'New: 1 web server (web-1).',
      'New: 1 app server (app-1).',
      'New: 1 database (database-1).',
      'Made: the DNS zone foobar.com.',
      'Made: the Reserved IP.',
      "Made: the database's volume, 20 GiB.",
      'Made: the private network 10.20.0.0/20.',
      'Made: the A record of the zone itself.',
      'Made: the CAA record of the zone itself.',
      'Made: the A record *.load-balancer.www.',
      'Made: the A record www.',
      "Made anew: the database's password.",
      'Made anew: the key of the deployment, for log lines.',
      "Made anew: the database's key and certificate.",
    ]);
    expect(droplets).toEqual({ before: 0, meanwhile: 5, after: 5 });
    expect(bill.at(-1)).toEqual({ of: 'together', before: 0, after: 38 });
  });

  test('says all the rest where a size has no price', () => {
    const report = preview({}, { web: { size: 'g-2vcpu-8gb-intel' } });
    expect(report).toMatchObject({ bill: [], droplets: { before: 5, meanwhile: 5, after: 5 } });
    expect(asText(report, 'Title')).toMatch(
      /^The bill, in US dollars a month\n {2}- g-2vcpu-8gb-intel: has no price in the list of [^\n]*\n\nWhat can't be undone$/m,
    );
    expect(preview({}, { web: { count: 2 } }).unpriced).toEqual([]);
  });

  test('says which droplets are replaced and why, and how many there are meanwhile', () => {
    const count = { web: { count: 2 } };
    const report = preview(count, { web: { count: 2, dropletImage: 'ubuntu-24-04-x64' } });
    expect(report.changes).toEqual(['Replaced: 2 web servers (web-1, web-2), for another droplet image.']);
    expect(report.droplets).toEqual({ before: 6, meanwhile: 8, after: 6 });
    expect(report.visitors).toEqual([
      expect.stringMatching(
        /^The web servers: visitors don't notice: in 5 drills of 20\d\d-\d\d-\d\d 0 of [\d,]+ requests failed, /,
      ),
    ]);
    expect(report.duration).toEqual([
      expect.stringMatching(/^The web servers: about [\d.]+ minutes? in the lab; /),
    ]);
    expect(report.irreversible).toEqual([]);
  });

  test('says that a release is in place, on the droplets that are there', () => {
    const release = (tag: string) => ({ app: { count: 2, image: `shop:${tag}` } });
    const report = preview(release('1.4'), release('1.5'));
    expect(report.changes).toEqual([
      'Released in place: 2 app servers, 1.4 -> 1.5, one first and then the others.',
    ]);
    expect(report).toMatchObject({
      isRelease: true,
      tiers: [],
      droplets: { before: 6, meanwhile: 6, after: 6 },
    });
    expect(report.visitors).toEqual([
      expect.stringMatching(/^The new release: visitors don't notice: in 5 drills/),
    ]);
  });

  test('warns of a resize that cuts everybody off, and of one that does not', () => {
    const size = 's-2vcpu-2gb';
    expect(preview({}, { web: { size } })).toMatchObject({
      changes: ['Resized: 1 web server (web-1), s-1vcpu-1gb -> s-2vcpu-2gb; each is powered off for it.'],
      visitors: ['The web servers: it is powered off, and nobody serves in its place.'],
    });
    expect(preview({}, { loadBalancer: { size } }).visitors[0]).toMatch(
      /^The load balancers: all are powered off at about the same time, .*docs\/operations\.md/,
    );
  });

  test('gives the bill before and after, for each role', () => {
    const { bill } = preview(
      {},
      { web: { count: 3 }, app: { size: 's-2vcpu-2gb' }, alerts: { emails: ['a@b.cd'] } },
    );
    expect(bill).toEqual([
      { role: 'load-balancer', of: 'load-balancer', before: 12, after: 12 },
      { role: 'web', of: 'web', before: 6, after: 18 },
      { role: 'app', of: 'app', before: 6, after: 18 },
      { role: 'database', of: 'database', before: 14, after: 14 },
      { of: 'shared', before: 0, after: 2 },
      { of: 'together', before: 38, after: 64 },
    ]);
  });

  test("says what can't be undone", () => {
    expect(preview({}, { database: { volumeSize: 30 } })).toMatchObject({
      changes: ["Grows: the database's volume, 20 -> 30 GiB; its file system at the next reboot."],
      irreversible: ["The database's volume can't shrink again."],
    });
    const backups = { bucket: 'copies', workVolumeSize: 30 };
    expect(preview({ database: { backups } }, { database: { backups: { bucket: 'copies' } } })).toMatchObject(
      {
        changes: expect.arrayContaining(["Destroyed: the database's work volume, 30 GiB."]),
        irreversible: [
          "The database's work volume is destroyed: what a restore has set aside there is gone.",
        ],
      },
    );
    expect(preview({}, { zoneExists: true }).irreversible).toEqual([
      'The DNS zone is destroyed: all its records go with it, also those that others put there.',
    ]);
  });

  test('says where the site is moved, which no drill is about', () => {
    expect(preview({}, { domain: 'shop.foobar.com' }).visitors[0]).toBe(
      'The site: its old name leads nowhere any more.',
    );
    const elsewhere = { deletionProtection: false, region: 'fra1' };
    expect(preview({ deletionProtection: false }, elsewhere).visitors[0]).toMatch(
      /^The site: it is away until/,
    );
  });

  test('says what Terraform will refuse', () => {
    const text = asText(preview({}, { region: 'fra1' }), 'Title');
    expect(text).toMatch(/^Title\n\nIt is refused\n {2}- Terraform refuses it: .*\n\nWhat would change\n/s);
    expect(text).not.toContain('What visitors notice');
    expect(preview({}, { region: 'fra1' }).refused).toContain(
      "Terraform refuses it: the database's volume would be replaced (region), which deletionProtection is against.",
    );
  });

  test('says in the words of the architecture what is opened and closed', () => {
    expect(preview({}, { ssh: { cidrs: ['203.0.113.7/32'] } }).changes).toContain(
      'Opened for every droplet: tcp 22 from 203.0.113.7/32.',
    );
  });

  test('says that the database waits for its revision, and that another one interrupts', () => {
    expect(preview({}, { database: { dropletImage: 'ubuntu-26-04-x64' } }).changes).toEqual([]);
    expect(preview({}, { domain: 'shop.foobar.com' }).changes).toContain(
      'Waits: the database keeps the settings that it was made with, until database.revision is another number.',
    );
    const report = preview({}, { database: { revision: 2 } });
    expect(report.changes).toEqual(['Replaced: 1 database (database-1), for another database.revision.']);
    expect(report.visitors[0]).toMatch(/^The database: whatever needs it gets 503 .* in the lab for \d+ s/);
    expect(report.droplets.meanwhile).toBe(5);
  });

  test('has the same parts as text and as Markdown', () => {
    const report = preview({}, { web: { count: 2 } });
    const text = asText(report, 'Title');
    for (const heading of [
      'What changes',
      'What visitors notice',
      'How long it takes',
      'Droplets',
      "What can't be undone",
    ]) {
      expect(text).toContain(`\n${heading}\n  `);
      expect(asMarkdown(report, 'Title')).toContain(`**${heading}**\n\n`);
    }
    expect(text).toContain('  | web servers    | $6     | $12   | +$6 |');
  });

  test('takes a plan of nothing for no change', () => {
    expect(reportOf(changesOf({ resource_changes: [] })).changes).toEqual([]);
  });

  test('refuses what is no state in a sentence', () => {
    const file = join(folder, 'state');
    writeFileSync(file, '{');
    expect(() => pastOfState(file)).toThrow(/state: is not a state of Terraform that can be read/);
  });
});

describe('a template', () => {
  const lookUp = (reference: string) => ({ 'a.b.c': 'x' })[reference];

  test.each([
    ['plain', 'plain', true],
    ['plain', 'other', false],
    ['1 ${a.b.c} 2', '1 x 2', true],
    ['1 ${a.b.c} 2', '1 y 2', false],
    ['1 ${d.e.f} 2 ${f(a.b.c)} 3', '1 anything 2 at all 3', true],
    ['1 ${d.e.f} 2 ${f(a.b.c)} 3', '1 anything 3', false],
    ['1 $${a.b.c} %%{x}', '1 ${a.b.c} %{x}', true],
  ])('%s may have given %s: %s', (template, text, isSo) => {
    expect(sameTemplate(template, text, lookUp)).toBe(isSo);
  });
});
