import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { dropletFiles } from './droplet-file';

/**
 * The formats of single settings. `terraform validate` accepts a region "mars1" or a size "s-nope", and the mistake
 * shows only when DigitalOcean's API refuses it half-way through an apply; so the formats are checked here.
 */

/** Regions that offer droplets, VPCs, volumes and reserved IPs to new stacks (November 2026). */
const REGIONS = [
  'nyc1',
  'nyc2',
  'nyc3',
  'sfo2',
  'sfo3',
  'ams3',
  'sgp1',
  'lon1',
  'fra1',
  'tor1',
  'blr1',
  'syd1',
  'atl1',
];

/** DigitalOcean uses these networks itself and refuses a VPC that overlaps them. */
const RESERVED_NETWORKS = ['10.10.0.0/16', '10.244.0.0/16', '10.245.0.0/16'];

const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

export const domainName = format(
  (value) =>
    value.length <= 253 &&
    new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`).test(value),
  'is not a domain name; one looks like www.foobar.com, in small letters and without a final dot',
);

export const namePrefix = format(
  (value) => /^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/.test(value),
  'is not a name prefix; one looks like production or staging-2: at most 30 small letters, digits and hyphens',
);

export const region = format(
  (value) => REGIONS.includes(value),
  'is not a DigitalOcean region slug; one looks like nyc3 or fra1',
);

export const dropletSize = format(
  (value) =>
    /^(?:(?:s|g|gd|c2|m|m3|m6|so|so1_5)-[1-9]\d*vcpu-[1-9]\d*(?:gb|mb)|c-[1-9]\d*)(?:-[a-z0-9]+)*$/.test(
      value,
    ),
  'is not a DigitalOcean droplet size slug; one looks like s-1vcpu-1gb or g-2vcpu-8gb',
);

export const dropletImage = format(
  (value) => /^(?:debian-\d+|ubuntu-\d\d-(?:04|10))-x64$/.test(value),
  'is not the slug of a Debian or Ubuntu image; one looks like debian-13-x64 or ubuntu-24-04-x64',
);

/** Whether a slug is that of so late a release; what is no slug is refused for that alone. */
const isFrom = (debian: number, ubuntu: number) => (value: string) => {
  const [, distribution, release] = /^(debian|ubuntu)-(\d+)/.exec(value) ?? [];
  return release === undefined || Number(release) >= (distribution === 'debian' ? debian : ubuntu);
};

/** That our programs run on. */
export const recentImage = dropletImage.refine(
  isFrom(12, 24),
  'is too old for what runs on it, which needs Python 3.11 and Nginx 1.20; debian-12-x64 is the first Debian that has both, ubuntu-24-04-x64 the first Ubuntu',
);

export const loadBalancerImage = dropletImage.refine(
  isFrom(13, 25),
  'packages an HAProxy older than 3.0; debian-13-x64 is the first Debian that has it, ubuntu-25-04-x64 the first Ubuntu',
);

export const mysqlSize = dropletSize.refine(
  (value) => !/-512mb(?:-|$)/.test(value),
  'is too small for MySQL; the smallest that fits is s-1vcpu-1gb',
);

export const mysqlImage = recentImage.refine(
  (value) => value.startsWith('ubuntu-'),
  'has no MySQL server among its packages; ubuntu-24-04-x64 has',
);

export const sshKey = format(
  (value) => /^(?:[1-9]\d*|(?:[0-9a-f]{2}:){15}[0-9a-f]{2})$/.test(value),
  'is not the id or fingerprint of an SSH key in your account; one looks like 3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa',
);

export const emailAddress = format(
  (value) => z.email().safeParse(value).success,
  'is not an e-mail address; one looks like ops@foobar.com',
);

export const cidr = format(
  (value) => network(value) !== undefined && Number(value.split('/')[1]) >= 8,
  'is not a network that SSH may be opened to; one looks like 203.0.113.7/32 (IPv4, /8 or smaller, no bits set after the prefix)',
);

export const vpcRange = format(
  isVpcRange,
  'is not a usable VPC range; one looks like 10.20.0.0/20: private, /16 to /28, and outside 10.10.0.0/16, 10.244.0.0/16 and 10.245.0.0/16',
);

/** A folder of the user's, from the working directory, whose files a droplet gets as well. */
export const ownFiles = format(
  holdsFiles,
  'is not a folder with files in it; one looks like files/web, where files/web/etc/motd is /etc/motd on the droplet',
)
  .refine(
    (folder) => !existsSync(resolve(folder, 'cloud-config.yaml')),
    'has a cloud-config.yaml, which would reach no droplet; packages and commands come by files in etc/scale-up/packages.d and etc/scale-up/start.d',
  )
  .optional()
  .describe('A folder of yours whose files its droplets get as well: [how](#your-own-files)');

/** A string that is accepted, or a sentence that goes on from the path and the value. */
export function format(accepts: (value: string) => boolean, message: string) {
  return z.string().refine(accepts, message);
}

function holdsFiles(folder: string): boolean {
  const path = resolve(folder);
  const holdsProject = !relative(path, '.').startsWith('..');
  return !holdsProject && existsSync(path) && statSync(path).isDirectory() && dropletFiles(path).length > 0;
}

function isVpcRange(value: string): boolean {
  const range = network(value);
  if (!range || range[1] < 16 || range[1] > 28) {
    return false;
  }
  const inside = (outer: string) => range[0].match(ipaddr.IPv4.parseCIDR(outer));
  return PRIVATE_NETWORKS.some(inside) && !RESERVED_NETWORKS.some(inside);
}

/** An IPv4 network as [address, prefix length]; undefined when it is none, or has bits set after its prefix. */
function network(value: string): [ipaddr.IPv4, number] | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) {
    return undefined;
  }
  const [address, bits] = ipaddr.IPv4.parseCIDR(value);
  const base = ipaddr.IPv4.networkAddressFromCIDR(value);
  return base.toString() === address.toString() ? [address, bits] : undefined;
}
