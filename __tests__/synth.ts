import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Testing } from 'cdktf';
import { parseTar } from 'nanotar';
import { parse } from 'yaml';
import type { DropletFile } from '../lib/droplet-file';
import { ARCHIVE, DEFERRED } from '../lib/file-archive';
import { unpack } from '../lib/packed-content';
import type { SettingsInput } from '../lib/settings';
import { ScaleUpStack } from '../lib/stack';

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
  loadBalancer: { size: 's-2vcpu-2gb', dropletImage: 'debian-13-x64', files: 'examples/own-files/web' },
  web: { count: 3, size: 's-2vcpu-2gb', dropletImage: 'debian-13-x64', files: 'examples/own-files/web' },
  app: {
    ...{ count: 2, size: 'c-2', dropletImage: 'debian-13-x64', files: 'examples/own-files/web' },
    image: 'registry.example.com:5000/team/shop:1.4',
    env: { SHOP_NAME: 'The ${shop}' },
    secrets: ['STRIPE_KEY'],
    registry: { username: 'deploy' },
    readOnly: false,
  },
  database: {
    ...{ size: 'm-2vcpu-16gb', dropletImage: 'ubuntu-24-04-x64', volumeSize: 100, revision: 2 },
    files: 'examples/own-files/web',
    backups: {
      ...{ bucket: 'shop-backups', endpoint: 'https://s3.example.com:8443', retentionDays: 7 },
      ...{ workVolumeSize: 250, origin: { bucket: 'older-backups', prefix: 'production' } },
    },
  },
  ssh: { keys: ['3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa', '512190'], cidrs: ['203.0.113.7/32'] },
  tls: {
    directory: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    caaIdentity: 'letsencrypt.org',
    contact: 'tls@example.org',
    hstsAge: 31_536_000,
  },
  alerts: { emails: ['ops@example.org'] },
  deletionProtection: false,
  state: { bucket: 'example-state', region: 'fra1' },
};

/** The Terraform JSON of the stack with these settings, on top of a domain. */
export function synth(settings: Partial<SettingsInput> = {}): Json {
  return withApp((app) => {
    const stack = new ScaleUpStack(app, 'scale-up', { domain: 'www.foobar.com', ...settings });
    return JSON.parse(Testing.synth(stack, true));
  });
}

/** The same as `npm run synth` writes it: with what stands beside `//`, which is for who reads it. */
export function written(settings: Partial<SettingsInput> = {}): Json {
  return withApp((app) => {
    new ScaleUpStack(app, 'scale-up', { domain: 'www.foobar.com', ...settings });
    app.synth();
    return JSON.parse(readFileSync(join(app.outdir, 'stacks/scale-up/cdk.tf.json'), 'utf8'));
  });
}

/**
 * Hands over an app whose output folder is gone afterwards: `Testing.app()` by itself leaves one. It has no flags, as cdktf.json has none:
 * with those of the fork an asset would lie at another path.
 */
export function withApp<T>(use: (app: App) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'scale-up-synth-'));
  try {
    return use(Testing.app({ outdir, enableFutureFlags: false }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
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

type WrittenFile = DropletFile & { readonly defer?: boolean };

/** The files that a cloud-config brings, as they are on the disk in the end: unpacked, and in their places. */
export function filesOf(cloudConfig: string): WrittenFile[] {
  return (parse(cloudConfig).write_files ?? []).flatMap(({ encoding, ...file }: Json) =>
    file.path === ARCHIVE ? archived(file.content.trimEnd()) : { permissions: '0644', ...file },
  );
}

function archived(packed: string): WrittenFile[] {
  return parseTar(new Uint8Array(unpack(packed))).map(({ name, text, attrs }) => {
    const [, deferred, path = ''] = new RegExp(`^(${DEFERRED})?(/.*)`).exec(`/${name}`) ?? [];
    return {
      path,
      ...(deferred ? { defer: true } : {}),
      content: text,
      permissions: attrs?.mode?.slice(-4) as DropletFile['permissions'],
    };
  });
}

/** Every file that a droplet gets, by path. */
export function writtenFiles(json: Json, droplet: string): Map<string, WrittenFile> {
  const files = Object.values(userData(json, droplet)).flatMap(filesOf);
  return new Map(files.map((file) => [file.path, file]));
}

/** The lines of /etc/scale-up/stack.env of a droplet. */
export function stackEnvironment(json: Json, droplet: string): Record<string, string> {
  const lines =
    writtenFiles(json, droplet).get('/etc/scale-up/stack.env')?.content.trimEnd().split('\n') ?? [];
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
