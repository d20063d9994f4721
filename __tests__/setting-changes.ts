import type { SettingsInput } from '../lib/settings';

/** Another value than the default for each setting, and what it needs beside it. */
export const CHANGES: Readonly<Record<string, Partial<SettingsInput>>> = {
  domain: { domain: 'shop.foobar.com' },
  zone: { domain: 'www.shop.foobar.com', zone: 'foobar.com' },
  zoneExists: { zoneExists: true },
  prefix: { prefix: 'staging' },
  region: { region: 'fra1' },
  vpcRange: { vpcRange: '10.30.0.0/20' },
  'loadBalancer.size': { loadBalancer: { size: 's-2vcpu-2gb' } },
  'loadBalancer.dropletImage': { loadBalancer: { dropletImage: 'ubuntu-26-04-x64' } },
  'loadBalancer.files': { loadBalancer: { files: 'examples/own-files/web' } },
  'web.count': { web: { count: 2 } },
  'web.size': { web: { size: 's-2vcpu-2gb' } },
  'web.dropletImage': { web: { dropletImage: 'ubuntu-24-04-x64' } },
  'web.files': { web: { files: 'examples/own-files/web' } },
  'app.count': { app: { count: 2 } },
  'app.size': { app: { size: 's-2vcpu-2gb' } },
  'app.dropletImage': { app: { dropletImage: 'ubuntu-24-04-x64' } },
  'app.files': { app: { files: 'examples/own-files/web' } },
  'app.image': { app: { image: 'shop:2' } },
  'app.env': { app: { image: 'shop:1', env: { NAME: 'Shop' } } },
  'app.secrets': { app: { image: 'shop:1', secrets: ['STRIPE_KEY'] } },
  'app.registry.username': { app: { image: 'shop:1', registry: { username: 'me' } } },
  'app.readOnly': { app: { image: 'shop:1', readOnly: false } },
  'database.size': { database: { size: 's-2vcpu-2gb' } },
  'database.dropletImage': { database: { dropletImage: 'ubuntu-26-04-x64' } },
  'database.volumeSize': { database: { volumeSize: 30 } },
  'database.revision': { database: { revision: 2 } },
  'database.files': { database: { files: 'examples/own-files/web' } },
  'database.backups.bucket': { database: { backups: { bucket: 'foobar-backups' } } },
  'database.backups.region': { database: { backups: { bucket: 'copies', region: 'ams3' } } },
  'database.backups.endpoint': {
    database: { backups: { bucket: 'copies', endpoint: 'https://s3.example.com' } },
  },
  'database.backups.retentionDays': { database: { backups: { bucket: 'copies', retentionDays: 7 } } },
  'database.backups.workVolumeSize': { database: { backups: { bucket: 'copies', workVolumeSize: 40 } } },
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
  'state.bucket': { state: { bucket: 'foobar-state', region: 'nyc3' } },
  'state.region': { state: { bucket: 'foobar-state', region: 'fra1' } },
};

/** What the rest of a setting's object was before the change: `app.env` means nothing without an image, and another image is mostly a release. */
export const before = (setting: string): Partial<SettingsInput> =>
  /^app\.(image|env|secrets|registry|readOnly)/.test(setting)
    ? { app: { image: 'shop:1' } }
    : /^database\.backups\.(?!bucket)/.test(setting)
      ? { database: { backups: { bucket: 'copies' } } }
      : setting === 'zone'
        ? { domain: 'www.shop.foobar.com' }
        : {};
