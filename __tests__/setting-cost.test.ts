import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsInput } from '../lib/settings';
import { type Json, synth } from './synth';

/** Another value than the default for each setting, and what it needs beside it. */
const CHANGES: Readonly<Record<string, Partial<SettingsInput>>> = {
  domain: { domain: 'shop.foobar.com' },
  zone: { domain: 'www.shop.foobar.com', zone: 'foobar.com' },
  zoneExists: { zoneExists: true },
  prefix: { prefix: 'staging' },
  region: { region: 'fra1' },
  vpcRange: { vpcRange: '10.30.0.0/20' },
  'loadBalancer.size': { loadBalancer: { size: 's-2vcpu-2gb' } },
  'loadBalancer.dropletImage': { loadBalancer: { dropletImage: 'ubuntu-26-04-x64' } },
  'web.count': { web: { count: 2 } },
  'web.size': { web: { size: 's-2vcpu-2gb' } },
  'web.dropletImage': { web: { dropletImage: 'ubuntu-24-04-x64' } },
  'app.count': { app: { count: 2 } },
  'app.size': { app: { size: 's-2vcpu-2gb' } },
  'app.dropletImage': { app: { dropletImage: 'ubuntu-24-04-x64' } },
  'app.image': { app: { image: 'shop:2' } },
  'app.env': { app: { image: 'shop:1', env: { NAME: 'Shop' } } },
  'app.secrets': { app: { image: 'shop:1', secrets: ['STRIPE_KEY'] } },
  'app.registry.username': { app: { image: 'shop:1', registry: { username: 'me' } } },
  'app.readOnly': { app: { image: 'shop:1', readOnly: false } },
  'database.size': { database: { size: 's-2vcpu-2gb' } },
  'database.dropletImage': { database: { dropletImage: 'ubuntu-26-04-x64' } },
  'database.volumeSize': { database: { volumeSize: 30 } },
  'database.revision': { database: { revision: 2 } },
  'database.backups.bucket': { database: { backups: { bucket: 'foobar-backups' } } },
  'database.backups.region': { database: { backups: { bucket: 'copies', region: 'ams3' } } },
  'database.backups.endpoint': {
    database: { backups: { bucket: 'copies', endpoint: 'https://s3.example.com' } },
  },
  'database.backups.retentionDays': { database: { backups: { bucket: 'copies', retentionDays: 7 } } },
  'database.backups.origin.bucket': {
    database: { backups: { bucket: 'copies', origin: { bucket: 'older', prefix: 'production' } } },
  },
  'database.backups.origin.prefix': {
    database: { backups: { bucket: 'copies', origin: { bucket: 'copies', prefix: 'staging' } } },
  },
  'ssh.keys': { ssh: { keys: ['512190'] } },
  'ssh.cidrs': { ssh: { cidrs: ['203.0.113.7/32'] } },
  tls: { tls: false },
  'tls.directory': { tls: { directory: 'https://acme.example.com/directory' } },
  'tls.caaIdentity': { tls: { caaIdentity: 'example.com' } },
  'tls.contact': { tls: { contact: 'ops@foobar.com' } },
  'tls.hstsAge': { tls: { hstsAge: 31_536_000 } },
  'alerts.emails': { alerts: { emails: ['ops@foobar.com'] } },
  deletionProtection: { deletionProtection: false },
};

/** What the rest of a setting's object was before the change: `app.env` means nothing without an image, and another image is mostly a release. */
const before = (setting: string): Partial<SettingsInput> =>
  /^app\.(image|env|secrets|registry|readOnly)/.test(setting)
    ? { app: { image: 'shop:1' } }
    : /^database\.backups\.(?!bucket)/.test(setting)
      ? { database: { backups: { bucket: 'copies' } } }
      : setting === 'zone'
        ? { domain: 'www.shop.foobar.com' }
        : {};

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
