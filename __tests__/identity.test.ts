import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsInput } from '../lib/settings';
import { EVERY_SETTING, type Json, synth } from './synth';

/**
 * What a stack that runs is recognized by: Terraform by its addresses, DigitalOcean by names and tags. A release that changes one of them
 * destroys what has it, and makes it anew. identity.txt has them as the last release had them.
 */
const PINNED = readFileSync(join(__dirname, 'identity.txt'), 'utf8').trim().split('\n');

const WHOLE = ['droplet', 'firewall', 'volume', 'vpc', 'tag', 'domain', 'uptime_check'];

function identities(json: Json): string[] {
  return Object.entries<Json>(json.resource).flatMap(([type, named]) =>
    Object.entries<Json>(named).map(([id, { name }]) =>
      WHOLE.includes(type.replace('digitalocean_', '')) ? `${type}.${id} ${name}` : `${type}.${id}`,
    ),
  );
}

/** Together these have every resource that there can be. */
const SETTINGS: Partial<SettingsInput>[] = [
  {},
  { ...EVERY_SETTING, zoneExists: false, zone: undefined },
  { database: { backups: { bucket: 'copies' } } },
];

const now = [...new Set(SETTINGS.flatMap((settings) => identities(synth(settings))))].sort();

describe('what a running stack is recognized by', () => {
  test('is what it was: an upgrade destroys and makes anew nothing for its name alone', () => {
    const lost = PINNED.filter((identity) => !now.includes(identity)).map(
      (identity) => `${identity}: would be destroyed`,
    );
    // Where that is meant, CHANGELOG.md says what it costs, and `moved` blocks or an import spare what they can.
    expect(lost).toEqual([]);
  });

  test('is pinned from the release on that brings it: add it to __tests__/identity.txt', () => {
    expect(now.filter((identity) => !PINNED.includes(identity))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  const text = readFileSync(join(__dirname, '../CHANGELOG.md'), 'utf8');
  const releases = text.split(/^## /m).slice(1);

  test('has the version of package.json, or what comes after it', () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
    expect(releases.map((release) => release.split(/[\s,]/)[0])).toContain(version);
  });

  test('says of each release what deploying it changes and costs', () => {
    for (const release of releases) expect(release).toMatch(/^### Deploying it$/m);
  });
});
