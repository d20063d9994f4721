import { join } from 'node:path';
import { z } from 'zod';
import { app } from './app-settings';
import { backups, elsewhere } from './backup-settings';
import { AS_OF, SIZES } from './cost/prices';
import { CLOUD_INIT } from './droplet-file';
import { parseImageReference } from './image-reference';
import {
  cidr,
  domainName,
  dropletSize,
  emailAddress,
  loadBalancerImage,
  mysqlImage,
  mysqlSize,
  namePrefix,
  ownFiles,
  recentImage,
  region,
  sshKey,
  vpcRange,
} from './setting-formats';
import { sentences } from './setting-mistakes';
import { state } from './state-settings';
import { tls } from './tls-settings';
import { UserError } from './user-error';

const count = z.int().min(1).max(100).default(1);

const tier = {
  size: dropletSize.default('s-1vcpu-1gb'),
  dropletImage: recentImage.default('debian-13-x64'),
};

const fields = z.strictObject({
  domain: domainName.describe('Where the site is: `www.foobar.com`. One of another zone is another `zone`'),
  zone: domainName.optional().describe('The DNS zone that holds the domain'),
  zoneExists: z
    .boolean()
    .default(false)
    .describe(
      'The zone exists at DigitalOcean already: it is not created, and its apex is left alone. Set later it needs `terraform -chdir=cdktf.out/stacks/scale-up state rm digitalocean_domain.dns-zone` first, or the zone goes',
    ),
  prefix: namePrefix
    .default('production')
    .describe(
      'First part of every name; at most 30 letters, digits and hyphens. Two environments with different prefixes fit into one account and one zone',
    ),
  region: region.default('nyc3').describe('Where everything is'),
  vpcRange: vpcRange
    .default('10.20.0.0/20')
    .describe(
      "Private network, /16 to /28, with room for each droplet twice. Must not overlap another VPC of the account. Droplets don't move between VPCs",
    ),
  loadBalancer: z
    .strictObject({
      size: tier.size.describe('Of the two load balancers'),
      dropletImage: loadBalancerImage.default('debian-13-x64'),
      files: ownFiles,
    })
    .prefault({}),
  web: z
    .strictObject({ count: count.describe('Web servers, 1 to 100'), ...tier, files: ownFiles })
    .prefault({}),
  app: app.prefault({}),
  database: z
    .strictObject({
      size: mysqlSize.default('s-1vcpu-2gb').describe('Of the MySQL server'),
      dropletImage: mysqlImage
        .default('ubuntu-24-04-x64')
        .describe('Debian has no MySQL package, hence Ubuntu'),
      volumeSize: z
        .int()
        .min(1)
        .max(16_384)
        .default(20)
        .describe('GiB for the data. It can grow, not shrink'),
      revision: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(1)
        .describe(
          'Another number replaces the MySQL server, which nothing else does: other settings of its wait until then, and the output `database_settings` says so',
        ),
      files: ownFiles,
      backups: backups.optional(),
    })
    .prefault({}),
  ssh: z
    .strictObject({
      keys: z.array(sshKey).default([]).describe('Ids or fingerprints of SSH keys in your account'),
      cidrs: z
        .array(cidr)
        .max(1000)
        .default([])
        .describe('Networks that may reach SSH, such as `203.0.113.7/32`'),
    })
    .prefault({}),
  tls: tls.describe('HTTPS. `false` serves plain HTTP; an object sets what follows'),
  alerts: z
    .strictObject({
      emails: z
        .array(emailAddress)
        .default([])
        .describe('Verified addresses of your team for alerts. Without one there are no alerts'),
    })
    .prefault({}),
  deletionProtection: z
    .boolean()
    .default(true)
    .describe(
      'Protects the volume, the Reserved IP, the zone and the VPC from `destroy`, and from changes that would replace them',
    ),
  state,
});

type Fields = z.output<typeof fields>;

/**
 * One schema gives the type, the defaults and the messages. Secrets never are settings: they are Terraform variables or
 * generated.
 */
export const settingsSchema = fields
  .superRefine(...together(['domain', 'zone'], zoneFitsDomain))
  .superRefine(...together(['domain', 'zone', 'prefix'], namesFitDns))
  .superRefine(...together(['vpcRange', 'web', 'app'], dropletsFitRange))
  .superRefine(...together(['prefix', 'database'], originIsAnother))
  .superRefine(...together(['database'], copiesFitWorkVolume))
  .transform((settings) => ({
    ...settings,
    zone: zoneOf(settings),
    database: { ...settings.database, backups: withRegion(settings) },
  }));

/** What `main.ts` may set: only `domain` is required. docs/settings.md lists every key with its default. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** Settings after checking, with every default filled in. */
export type Settings = z.output<typeof settingsSchema>;

/** Any that is there. */
const files = join(CLOUD_INIT, 'web', 'etc');

/** Every key that has no default is here, so that parsing it gives all that there are. */
const EXAMPLE: SettingsInput = {
  tls: { contact: 'ops@foobar.com' },
  domain: 'www.foobar.com',
  zone: 'foobar.com',
  loadBalancer: { files },
  web: { files },
  app: { files, image: 'registry.example.com/shop:1.4', registry: { username: 'deploy' } },
  database: {
    files,
    backups: {
      ...{ bucket: 'foobar-backups', workVolumeSize: 40 },
      origin: { bucket: 'foobar-backups', prefix: 'before' },
    },
  },
  state: { bucket: 'foobar-state', region: 'nyc3' },
};

/**
 * Checks settings and fills in the defaults.
 *
 * @throws UserError with one line per mistake: the path, what it got, what would be right
 */
export function parseSettings(input: unknown): Settings {
  const result = settingsSchema.safeParse(input);
  if (result.success) {
    return result.data;
  }
  throw new UserError(sentences(result.error.issues, input, settingsSchema.parse(EXAMPLE)));
}

/** Choices that are valid today and costly to change later, one sentence each. */
export function warnings(settings: Settings): string[] {
  const found: string[] = [];
  for (const role of ['loadBalancer', 'web', 'app', 'database'] as const) {
    const { size } = settings[role];
    if (!SIZES.some(({ slug }) => slug === size)) {
      found.push(
        `${role}.size: ${size} is none of the sizes that are known here (${AS_OF}); \`npm run check\` asks DigitalOcean for it, which else refuses it in the middle of a deployment`,
      );
    }
  }
  if (settings.ssh.keys.length === 0) {
    found.push(
      'ssh.keys: no SSH key is set, so nobody can log in; adding one later replaces every droplet, and the database only by another database.revision',
    );
  }
  if (settings.alerts.emails.length === 0) {
    found.push('alerts.emails: no address is set, so nobody is told when a load balancer dies');
  }
  if (settings.database.backups === undefined) {
    found.push(
      'database.backups: no bucket is set, so a lost volume, a dropped table or a wrong migration is lost data',
    );
  }
  if (settings.tls && !mayIssue(settings.tls)) {
    found.push(
      `tls.caaIdentity: is ${settings.tls.caaIdentity}, and ${new URL(settings.tls.directory).hostname} is another authority, which issues nothing while the CAA record does not name it`,
    );
  }
  if (parseImageReference(settings.app.image ?? '')?.tag === 'latest') {
    found.push(
      'app.image: the tag latest stays what it was when a droplet first pulled it, so two droplets may run two releases',
    );
  }
  return found;
}

/** Whether the CAA record is for the authority that is asked, as far as names tell: only Let's Encrypt's is known. */
function mayIssue({ directory, caaIdentity }: Exclude<Settings['tls'], false>): boolean {
  const letsEncrypt = 'letsencrypt.org';
  return caaIdentity !== letsEncrypt || new URL(directory).hostname.endsWith(`.${letsEncrypt}`);
}

interface Mistake {
  readonly path: string[];
  readonly sentence: string;
}

function withRegion({ region, database: { backups } }: Pick<Fields, 'region' | 'database'>) {
  return backups?.endpoint === undefined && backups
    ? { ...backups, region: backups.region ?? elsewhere(region) }
    : backups;
}

function zoneOf({ domain, zone }: Pick<Fields, 'domain' | 'zone'>): string {
  return zone ?? domain.split('.').slice(1).join('.');
}

function zoneFitsDomain(settings: Fields): Mistake | undefined {
  const { domain } = settings;
  const zone = zoneOf(settings);
  if (!zone.includes('.')) {
    const sentence = `leaves "${zone}" as the DNS zone; use a name such as www.${domain}, or set zone`;
    return { path: ['domain'], sentence };
  }
  if (domain !== zone && !domain.endsWith(`.${zone}`)) {
    return {
      path: ['zone'],
      sentence: `does not contain the domain ${domain}; it would be the end of that name`,
    };
  }
  return undefined;
}

function namesFitDns(settings: Fields): Mistake | undefined {
  const internal = `watched.load-balancer-1.${settings.prefix}.internal.${zoneOf(settings)}`;
  // A load balancer's certificate has a name with a label of this length.
  const inCertificate = `0123456789ab.load-balancer.${settings.domain}`;
  const length = Math.max(internal.length, inCertificate.length);
  const sentence = `makes the longest name below it ${length} characters long; DNS allows 253`;
  return length > 253 ? { path: ['domain'], sentence } : undefined;
}

function dropletsFitRange({ vpcRange, web, app }: Fields): Mistake | undefined {
  // A new SSH key replaces every droplet, and each but the database's is there twice until the old one has gone.
  const droplets = 1 + 2 * (2 + web.count + app.count);
  // DigitalOcean keeps the first and the last addresses of a VPC.
  const room = 2 ** (32 - Number(vpcRange.split('/')[1])) - 6;
  const sentence = `has room for ${room} droplets, not for the ${droplets} that there are while a change replaces them; a /20 has room for 4,090`;
  return room < droplets ? { path: ['vpcRange'], sentence } : undefined;
}

function originIsAnother({ prefix, database: { backups } }: Fields): Mistake | undefined {
  const isOwn = backups?.origin?.bucket === backups?.bucket && backups?.origin?.prefix === prefix;
  const sentence =
    'is where this stack has its own copies, of which a new one has none; it names another stack, or is left out';
  return backups?.origin && isOwn ? { path: ['database', 'backups', 'origin'], sentence } : undefined;
}

function copiesFitWorkVolume({ database: { volumeSize, backups } }: Fields): Mistake | undefined {
  const size = backups?.workVolumeSize ?? volumeSize;
  const sentence = `has no room for a copy of a volume of ${volumeSize} GiB that is full; ${volumeSize} is the least, and ${2.5 * volumeSize} has all that a restore needs`;
  return size < volumeSize ? { path: ['database', 'backups', 'workVolumeSize'], sentence } : undefined;
}

/** A check of several settings, made as soon as these are valid: a mistake elsewhere must not hide it. */
function together(keys: (keyof Fields)[], check: (settings: Fields) => Mistake | undefined) {
  const picked = fields
    .pick(Object.fromEntries(keys.map((key) => [key, true])) as Record<keyof Fields, true>)
    .strip();
  const refine = (settings: Fields, context: z.RefinementCtx) => {
    const mistake = check(settings);
    if (mistake) {
      context.addIssue({ code: 'custom', path: mistake.path, message: mistake.sentence });
    }
  };
  const when = ({ value }: { value: unknown }) => picked.safeParse(value).success;
  return [refine, { when }] as const;
}
