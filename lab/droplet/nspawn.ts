import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { pathWithSbin } from '../common/run';
import type { Cgroup } from './cgroup';

/** systemd-nspawn ends with this when the system inside asked for a reboot. */
export const REBOOT = 133;

export interface Boot {
  readonly cgroup: Cgroup;
  /** Unique on the machine; not the host name. */
  readonly machine: string;
  readonly hostname: string;
  /** A root file system that may be written to. */
  readonly root: string;
  /** Path of the network namespace. */
  readonly network: string;
  /** Paths of the machine -> where the droplet sees them. */
  readonly binds: ReadonlyMap<string, string>;
  /** File to which the console is appended. */
  readonly console: string;
}

/** Puts the shell into the groups before `--`, then becomes the command after it. */
const JOIN = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"';

/**
 * Boots a system. It lives on when this process dies (its cgroup tells where it is), and `ended` resolves with its exit
 * status when it stops: REBOOT, 0 for a power-off from inside, anything else for a power-off from outside.
 *
 * What a droplet can tell it by: `systemd-detect-virt` says systemd-nspawn; settings of the kernel outside net.* are
 * read-only; the clock can't be set; no module can be loaded; there are 20,000 open files at most where the machine
 * allows no more; the kernel, /proc/cpuinfo and the number of processors are the machine's; so is the memory that
 * sysinfo(2) reports (/proc/meminfo tells the droplet's own); the disk is as large as the machine's. There is no udev, and
 * systemd leaves out what /etc/fstab says of devices, as in any container: mount units work. A mounted ext4 grows only
 * where the machine itself has CAP_SYS_RESOURCE. No device can be made, not even by unpacking an image of a container;
 * /var/lib/containers is a mount of its own; limits of units bind only where the machine has control groups of version 2
 * alone, and those in percent are of the machine's memory; AppArmor is there only if the machine's kernel has it.
 */
export function boot({ cgroup, machine, hostname, root, network, binds, console }: Boot): {
  ended: Promise<number>;
} {
  const log = openSync(console, 'a', 0o600);
  const nspawn = [
    ...['systemd-nspawn', '--quiet', '--boot', '--register=no', '--keep-unit', '--console=pipe'],
    ...[`--directory=${root}`, `--machine=${machine}`, `--hostname=${hostname}`],
    ...[`--network-namespace-path=${network}`, '--resolv-conf=off', '--timezone=off', '--link-journal=no'],
    ...['--capability=all', '--drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE,CAP_SYS_RAWIO,CAP_MKNOD'],
    // System calls with which a container runtime gives its containers a keyring and device rules of their own.
    '--system-call-filter=@keyring bpf',
    ...[...binds].map(([from, to]) => `--bind=${from}:${to}`),
  ];
  const child = spawn('sh', ['-c', JOIN, 'sh', ...cgroup.folders, '--', ...nspawn], {
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: pathWithSbin(),
      SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1',
      SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network',
      SYSTEMD_NSPAWN_LOCK: '0',
    },
  });
  closeSync(log);
  child.unref();
  return { ended: once(child, 'exit').then(([status]) => status ?? 137) };
}
