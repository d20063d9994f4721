import { accessSync, constants } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withLock } from './lock';
import { attempt, pathWithSbin, run } from './run';

const HOST =
  'a Linux machine (Debian 12 or 13, or Ubuntu; x86_64) with root, or a virtual machine of that kind';

/** Each command that the lab runs -> the package of Debian and Ubuntu that has it. */
const COMMANDS: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  nft: 'nftables',
  sysctl: 'procps',
  socat: 'socat',
  openssl: 'openssl',
  curl: 'curl',
  'mkfs.ext4': 'e2fsprogs',
  python3: 'python3',
  losetup: 'mount',
};
/** Files that are needed besides -> their package. Ubuntu doesn't know Debian's keys by itself. */
const FILES: Readonly<Record<string, string>> = {
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  '/etc/ssl/certs/ca-certificates.crt': 'ca-certificates',
};

/** What a machine that is root's own can do, and a container often can't: a sentence -> the command that tries it. */
const ABILITIES: Readonly<Record<string, string>> = {
  'make namespaces': 'unshare --mount --net --pid --fork true',
  'mount an overlay':
    'unshare --mount sh -ec "mount -t tmpfs none /mnt; cd /mnt; mkdir u w l; mount -t overlay none -o lowerdir=l,upperdir=u,workdir=w /mnt"',
  'make control groups': `group=$(mktemp -d "$(awk '$3 ~ /^cgroup/ { print $2; exit }' /proc/mounts)/probe.XXXXXX") && rmdir "$group"`,
  'use loop devices': 'losetup --find',
};

/** Why this machine can't host a lab, as one sentence; undefined when it can. Changes nothing. */
export async function whyNoLab(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `The lab boots real Linux droplets and this is ${process.platform} on ${process.arch}: run it on ${HOST}.`;
  }
  if (process.getuid?.() !== 0)
    return 'The lab makes namespaces and mounts, for which it needs root: run it with sudo.';
  if (missingPackages().length > 0 && !has('apt-get')) {
    return `The lab needs ${missingPackages().join(', ')} and knows only apt-get to install them: run it on ${HOST}.`;
  }
  for (const [ability, command] of Object.entries(ABILITIES)) {
    const { status, stderr } = await attempt(['sh', '-c', command], { timeout: 10_000 });
    if (status !== 0) {
      return `Even root may not ${ability} here (${stderr.trim()}); in a container that takes --privileged. Or run it on ${HOST}.`;
    }
  }
  return undefined;
}

/**
 * Installs what the lab needs and the machine lacks from its distribution, after saying so.
 * @param commands each command that is needed, with the package that has it
 */
export async function installNeeded(say: (step: string) => void, commands = COMMANDS): Promise<void> {
  if (missingPackages(commands).length === 0) return;
  await withLock('/run/lock/digitalocean-lab-install', async () => {
    const packages = missingPackages(commands); // fewer, if somebody else has just installed some
    if (packages.length === 0) return;
    say(`Installing ${packages.join(', ')} with apt-get: they are needed and this machine lacks them`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const aptGet = ['apt-get', '--quiet', '--yes', '--option=DPkg::Lock::Timeout=300'];
    await run([...aptGet, 'update'], { env });
    await run([...aptGet, '--no-install-recommends', 'install', ...packages], { env });
  });
}

/**
 * Droplets share one limit of root's, of which the systemd of each takes a part: where Linux leaves it at 128, those of a second lab find
 * nothing left, and units fail that watch a path.
 */
const INOTIFY_INSTANCES = 1024;

/** Raises what the machine allows root until it boots again, after saying so, where several labs would not go into it. */
export async function raiseLimits(
  say: (step: string) => void,
  file = '/proc/sys/fs/inotify/max_user_instances',
): Promise<void> {
  const allowed = Number(await readFile(file, 'utf8'));
  if (allowed >= INOTIFY_INSTANCES) return;
  say(
    `Raising fs.inotify.max_user_instances from ${allowed} to ${INOTIFY_INSTANCES} until this machine boots again`,
  );
  await writeFile(file, String(INOTIFY_INSTANCES));
}

function missingPackages(commands = COMMANDS): string[] {
  const missing = [
    ...Object.entries(commands).filter(([command]) => !has(command)),
    ...Object.entries(FILES).filter(([file]) => !readable(file)),
  ];
  return [...new Set(missing.map(([, name]) => name))];
}

function has(command: string): boolean {
  return pathWithSbin()
    .split(delimiter)
    .some((folder) => readable(join(folder, command), constants.X_OK));
}

function readable(file: string, mode = constants.R_OK): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
