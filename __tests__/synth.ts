import { Testing } from 'cdktf';
import { parse } from 'yaml';
import type { SettingsInput } from '../lib/settings';
import { ScaleUpStack } from '../lib/stack';
import type { DropletFile } from '../lib/user-data';

// biome-ignore lint/suspicious/noExplicitAny: the shape of Terraform's JSON
export type Json = any;

/** Every setting, each with another value than its default. */
export const EVERY_SETTING: Required<SettingsInput> = {
  domain: 'shop.example.org',
  zone: 'example.org',
  zoneExists: true,
  prefix: 'staging',
  region: 'fra1',
  vpcRange: '10.30.0.0/20',
  loadBalancer: { size: 's-2vcpu-2gb', dropletImage: 'debian-13-x64' },
  web: { count: 3, size: 's-2vcpu-2gb', dropletImage: 'debian-13-x64' },
  app: {
    ...{ count: 2, size: 'c-2', dropletImage: 'debian-13-x64' },
    image: 'registry.example.com:5000/team/shop:1.4',
    env: { SHOP_NAME: 'The ${shop}' },
    secrets: ['STRIPE_KEY'],
    registry: { username: 'deploy' },
    readOnly: false,
  },
  database: { size: 'm-2vcpu-16gb', dropletImage: 'ubuntu-24-04-x64', volumeSize: 100 },
  ssh: { keys: ['3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa', '512190'], cidrs: ['203.0.113.7/32'] },
  tls: {
    directory: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    caaIdentity: 'letsencrypt.org',
    contact: 'tls@example.org',
    hstsAge: 31_536_000,
  },
  alerts: { emails: ['ops@example.org'] },
  deletionProtection: false,
};

/** The Terraform JSON of the stack with these settings, on top of a domain. */
export function synth(settings: Partial<SettingsInput> = {}): Json {
  const stack = new ScaleUpStack(Testing.app(), 'scale-up', { domain: 'www.foobar.com', ...settings });
  return JSON.parse(Testing.synth(stack, true));
}

/** The cloud-config documents of a droplet, by part, as cloud-init gets them; references stay as they are. */
export function userData(json: Json, droplet: string): Record<string, string> {
  const document = json.data.cloudinit_config[`${droplet}-user-data`];
  return Object.fromEntries(
    document.part.map((part: Json) => [
      part.filename.replace('.yaml', ''),
      part.content
        .replace(/^\$\{local\.([\w-]+)\}$/, (_: string, name: string) => json.locals[name])
        .replace(/([$%])\1\{/g, '$1{'),
    ]),
  );
}

/** Every file that cloud-init writes on a droplet, by path. */
export function writtenFiles(json: Json, droplet: string): Map<string, DropletFile & { defer?: boolean }> {
  const files = Object.values(userData(json, droplet)).flatMap((part) => parse(part).write_files ?? []);
  return new Map(files.map((file) => [file.path, { permissions: '0644', ...file }]));
}

/** The lines of /etc/scale-up/stack.env of a droplet. */
export function stackEnvironment(json: Json, droplet: string): Record<string, string> {
  const lines =
    writtenFiles(json, droplet).get('/etc/scale-up/stack.env')?.content.trimEnd().split('\n') ?? [];
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
