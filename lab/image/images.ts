import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installNeeded } from '../common/requirements';
import { type RunOptions, run } from '../common/run';
import { builtOnce } from './built-once';
import { inOverlay, OVERLAY_FOLDERS } from './chroot';
import { PackageCache } from './package-cache';

export const CACHE = '/var/cache/digitalocean-lab';
/** Debian's archive, as far as it was ever asked for: see package-cache.ts. */
export const PACKAGES = join(CACHE, 'packages');

export type ImageSlug = 'debian-13-x64' | 'ubuntu-24-04-x64';

export interface BuildOptions {
  /** Is told each step of a build, such as "debian-13-x64: extracting archives". @default - builds in silence */
  readonly say?: (step: string) => void;
  /** Path of the network namespace from which Debian's archive can be reached. @default - this process's */
  readonly network?: string;
}

interface Recipe {
  readonly suite: string;
  /** Lines of sources.list. */
  readonly sources: readonly string[];
  readonly packages: readonly string[];
}

/** What DigitalOcean's images have on board, as far as anything in a droplet may rely on it. */
const COMMON = [
  ...[
    'systemd',
    'systemd-sysv',
    'systemd-timesyncd',
    'dbus',
    'cloud-init',
    'openssh-server',
    'sudo',
    'cron',
    'mount',
  ],
  ...[
    'iproute2',
    'iputils-ping',
    'ifupdown',
    'net-tools',
    'nftables',
    'netbase',
    'curl',
    'ca-certificates',
    'e2fsprogs',
  ],
  ...['passwd', 'perl', 'procps', 'psmisc', 'less', 'logrotate', 'python3', 'unattended-upgrades'],
];

const archive = 'http://deb.debian.org/debian';
const RECIPES: Readonly<Record<ImageSlug, Recipe>> = {
  'debian-13-x64': {
    suite: 'trixie',
    sources: [
      `deb ${archive} trixie main`,
      `deb ${archive} trixie-updates main`,
      `deb ${archive}-security trixie-security main`,
    ],
    packages: COMMON,
  },
  // Debian sid stands in for Ubuntu 24.04: the one suite of Debian's archive that has MySQL (9.7, Ubuntu's is 8.0).
  'ubuntu-24-04-x64': { suite: 'sid', sources: [`deb ${archive} sid main`], packages: COMMON },
};

const APT = ['Acquire::Check-Valid-Until "false"', 'Acquire::Languages "none"'];

/**
 * What differs from DigitalOcean's image because it runs in a lab, and why:
 * - the index of packages is as old as the image, so apt must not mind its date; translations are left out for speed;
 * - dpkg doesn't sync each file to disk: five droplets share one disk;
 * - mounts that a container may not do are masked, or their units would have failed;
 * - cloud-init's network file is ifupdown's also on the image that stands in for Ubuntu.
 */
const FILES: Readonly<Record<string, string>> = {
  'etc/apt/apt.conf.d/90index': APT.map((line) => `${line};\n`).join(''),
  'etc/dpkg/dpkg.cfg.d/unsafe-io': 'force-unsafe-io\n',
  // As in DigitalOcean's images: root is the one user, with the keys of the droplet.
  'etc/cloud/cloud.cfg.d/90_digitalocean.cfg':
    'datasource_list: [ConfigDrive, DigitalOcean, NoCloud, None]\ndisable_root: false\nusers: []\n',
  'etc/resolv.conf': 'nameserver 67.207.67.2\nnameserver 67.207.67.3\n',
  'etc/machine-id': '',
};
const MASKED = ['dev-hugepages.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'];
const REMOVED = [
  'etc/hostname',
  'etc/apt/apt.conf.d/99mmdebstrap',
  'etc/dpkg/dpkg.cfg.d/99mmdebstrap',
  'etc/ssh/ssh_host_*',
  'var/log/*.log',
];

/** Whether there is a base image for one of DigitalOcean's image slugs. */
export function isImageSlug(slug: string): slug is ImageSlug {
  return slug in RECIPES;
}

/**
 * The folder with a base image's root file system, never to be written to. Builds it when there is none yet for this
 * recipe: about half a minute, once per machine. An interrupted build leaves nothing that looks like an image.
 */
export async function baseImage(slug: ImageSlug, options: BuildOptions = {}): Promise<string> {
  const recipe = RECIPES[slug];
  return builtOnce(CACHE, slug, [recipe, FILES, MASKED, REMOVED], async (root) => {
    await installNeeded(options.say ?? aloud);
    await withPackages(options, async (proxy, cache) => {
      await cache.forgetIndex(recipe.suite);
      const apt = [`Acquire::http::Proxy "${proxy}"`, ...APT];
      const command = [
        'mmdebstrap',
        '--variant=apt',
        '--skip=cleanup/apt/lists',
        '--dpkgopt=force-unsafe-io',
      ];
      command.push(`--include=${recipe.packages.join(',')}`, ...apt.map((line) => `--aptopt=${line}`));
      command.push(recipe.suite, root, '-');
      const env = { TMPDIR: undefined }; // a folder of this machine, which the new root does not have
      await run(command, { env, input: recipe.sources.join('\n'), onLine: stepsOf(slug, options) });
    });
    await settle(root);
  });
}

/**
 * A folder with what installing packages adds to a base image: a layer for an overlay above it.
 * Like the base image it is built once and never written to again.
 *
 * @param name tells it from other layers above the same image
 */
export async function packageLayer(
  slug: ImageSlug,
  name: string,
  packages: readonly string[],
  options: BuildOptions = {},
): Promise<string> {
  const base = await baseImage(slug, options);
  const built = await builtOnce(CACHE, `${slug}-${name}`, [base, packages, INSTALL], async (directory) => {
    options.say?.(`${slug}: installing ${packages.join(', ')}`);
    for (const folder of OVERLAY_FOLDERS) await mkdir(join(directory, folder), { recursive: true });
    await withPackages(options, async (proxy) => {
      const install = ['env', `PROXY=${proxy}`, 'sh', '-c', INSTALL, 'sh', ...packages];
      await run(inOverlay({ layers: [base], directory }, install, true));
    });
  });
  return join(built, 'upper');
}

/** Installs the packages $@ without starting what is in them. */
const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
apt-get -qq -o Acquire::http::Proxy="$PROXY" update
apt-get -qq -o Acquire::http::Proxy="$PROXY" --yes --no-install-recommends install "$@"
rm /usr/sbin/policy-rc.d
`;

async function withPackages(
  { network }: BuildOptions,
  action: (proxy: string, cache: PackageCache) => Promise<void>,
): Promise<void> {
  const cache = new PackageCache(PACKAGES, network);
  const port = await cache.listen({ host: '127.0.0.1', port: 0 });
  try {
    await action(`http://127.0.0.1:${port}`, cache);
  } catch (error) {
    throw cache.problem ? new Error(cache.problem) : error; // apt says no more than "Bad Gateway"
  } finally {
    await cache.close();
  }
}

/** Makes a root file system into the image of a machine that never ran. */
async function settle(root: string): Promise<void> {
  for (const pattern of REMOVED) await run(['sh', '-c', `rm -f ${join(root, pattern)}`]);
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  for (const unit of MASKED) await symlink('/dev/null', join(root, 'etc/systemd/system', unit));
}

/** Nothing is installed on the machine in silence. */
const aloud = (step: string) => process.stderr.write(`${step}\n`);

/** Picks the steps out of what mmdebstrap, apt and dpkg write. */
function stepsOf(slug: string, { say }: BuildOptions): RunOptions['onLine'] {
  return (line) => {
    const step = /^I: ((?:downloading|extracting|installing) .*?)\.*$/.exec(line)?.[1];
    if (step) say?.(`${slug}: ${step}`);
  };
}
