/** One folder with all that a root file system on an overlay needs: `upper`, `work` and the mount point `root`. */
export interface OverlayRoot {
  /** Read-only layers below, the topmost first. */
  readonly layers: readonly string[];
  readonly directory: string;
  /** Whether nothing waits for the machine's disk, whatever asks for it. @default false */
  readonly isVolatile?: boolean;
}

export const OVERLAY_FOLDERS = ['upper', 'work', 'root'] as const;

/** The `mount` command that puts an overlay together. */
export function mountOverlay({ layers, directory, isVolatile = false }: OverlayRoot): string[] {
  const places = `lowerdir=${layers.join(':')},upperdir=${directory}/upper,workdir=${directory}/work`;
  const options = isVolatile ? `${places},volatile` : places;
  return ['mount', '-t', 'overlay', 'overlay', '-o', options, `${directory}/root`];
}

/** Runs $@ in the root $ROOT. An address that this machine doesn't have may be bound to, as on the droplet that has it. */
const ENTER = `
set -e
[ -n "$NETWORK" ] || { ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind; }
$MOUNT
cd "$ROOT"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs -o mode=0755 tmpfs run
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset TMPDIR # a folder of this machine, which that root does not have
exec chroot . "$@"
`;

/**
 * The command that runs another one by chroot in an overlay, in namespaces of its own: all that it mounts and starts
 * ends with it. Without `network` it has none but a loopback interface.
 */
export function inOverlay(root: OverlayRoot, command: readonly string[], network: boolean): string[] {
  const variables = [
    `MOUNT=${mountOverlay(root).join(' ')}`,
    `ROOT=${root.directory}/root`,
    `NETWORK=${network ? 'yes' : ''}`,
  ];
  const isolated = ['unshare', '--mount', '--pid', '--fork', '--kill-child', ...(network ? [] : ['--net'])];
  return ['env', ...variables, ...isolated, 'sh', '-c', ENTER, 'sh', ...command];
}
