import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsInput } from '../lib/settings';
import { before, CHANGES } from './setting-changes';
import { type Json, synth } from './synth';

const ROLES: Readonly<Record<string, string>> = {
  'load-balancer': 'the load balancers',
  web: 'the web servers',
  app: 'the app servers',
  database: 'the database',
};

/** What Terraform makes a droplet anew for when it changes. */
function identity(json: Json, name: string): string {
  const { region, vpc_uuid, monitoring, lifecycle } = json.resource.digitalocean_droplet[name];
  const [trigger = ''] = lifecycle.replace_triggered_by ?? [];
  const revision = json.resource.terraform_data[trigger.replace('terraform_data.', '')];
  const making = lifecycle.ignore_changes ? revision : makingOf(json, name);
  return JSON.stringify({ region, vpc_uuid, monitoring, making });
}

/** What a new droplet is made from. */
function makingOf(json: Json, name: string): string {
  const { image, ssh_keys } = json.resource.digitalocean_droplet[name];
  const document = json.data.cloudinit_config[`${name}-user-data`];
  const locals = Object.entries(json.locals).filter(([local]) =>
    JSON.stringify(document).includes(`local.${local}}`),
  );
  return JSON.stringify({ image, ssh_keys, document, locals });
}

/** The sentence for a change, from the two stacks. */
function cost(old: Json, now: Json): string {
  const { digitalocean_vpc: vpc, digitalocean_volume: volume, digitalocean_domain: zone } = now.resource;
  const was = old.resource;
  const moved = (key: string) =>
    volume['database-volume'][key] !== was.digitalocean_volume['database-volume'][key] &&
    !volume['database-volume'].lifecycle.ignore_changes.includes(key);
  if (['name', 'region', 'description'].some(moved)) return 'is refused: it would replace the volume';
  // Terraform does not refuse what is not in its configuration any more.
  const gone = zone === undefined ? '; deletes the zone with all its records' : '';
  if (!gone && zone['dns-zone'].name !== was.digitalocean_domain['dns-zone'].name)
    return 'is refused: it would delete the zone';
  if (vpc['network-vpc'].ip_range !== was.digitalocean_vpc['network-vpc'].ip_range)
    return 'is refused: it would replace the VPC';
  const kept = Object.keys(was.digitalocean_droplet);
  const roles = (isSo: (name: string) => boolean) => [
    ...new Set(kept.filter(isSo).map((name) => name.replace(/-\d+$/, ''))),
  ];
  const replaced = roles((name) => identity(old, name) !== identity(now, name));
  const resized = roles(
    (name) => was.digitalocean_droplet[name].size !== now.resource.digitalocean_droplet[name].size,
  );
  const name = (found: string[]) => found.map((role) => ROLES[role]).join(' and ');
  const waits = makingOf(old, 'database-1') !== makingOf(now, 'database-1');
  if (waits && replaced.length === 0) return 'waits for `database.revision`';
  if (waits && replaced.length === 3)
    return 'replaces every droplet but the database, which waits for `database.revision`';
  if (replaced.length > 0) return `replaces ${name(replaced)}${gone}`;
  return resized.length > 0 ? `powers off ${name(resized)}` : 'touches no other droplet';
}

describe('the table of settings in docs/settings.md', () => {
  const document = readFileSync(join(__dirname, '../docs/settings.md'), 'utf8');
  const rows = [...document.matchAll(/^\| `([\w.]+)` \|.*\| ([^|]+) \|$/gm)].map(
    ([, setting = '', says = '']) => [setting, says] as const,
  );

  test('has each setting once', () => {
    expect(rows.map(([setting]) => setting).sort()).toEqual(Object.keys(CHANGES).sort());
  });

  const known = new Map<string, Json>();
  const stackBefore = (settings: Partial<SettingsInput>): Json => {
    const key = JSON.stringify(settings);
    return known.get(key) ?? known.set(key, synth(settings)).get(key);
  };

  test.each(rows)('says what a later change of %s costs: %s', (setting, says) => {
    expect(cost(stackBefore(before(setting)), synth(CHANGES[setting]))).toBe(says);
  });
});
