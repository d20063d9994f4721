import { run } from '../common/run';
import { enter } from './enter';

/**
 * Brings a network namespace back to how a machine finds its network cards when it is switched on. It outlives the
 * droplet's power; addresses, routes, packet filters and links that the droplet made do not. Nor do connections: those that were
 * being closed when the power went would meet a later connection from the same port, and spoil it.
 */
export async function resetNetwork(network: string): Promise<void> {
  await run(['nsenter', `--net=${network}`, 'sh', '-c', RESET]);
}

const RESET = `
nft flush ruleset
for link in $(ls /proc/sys/net/ipv4/conf); do
  case $link in
    all|default|lo) ;;
    eth0|eth1) ip link set "$link" down; ip address flush dev "$link" ;;
    *) ip link delete "$link" 2>/dev/null || true ;;
  esac
done
ip neighbour flush all
ss --kill --tcp state all > /dev/null
`;

/**
 * Makes containers with a user namespace possible inside a droplet: the kernel lets them mount /proc and /sys only where
 * there is one with nothing hidden, and systemd-nspawn hides parts of both. Newer versions of it do the same by themselves.
 */
export async function showWholeProcAndSys(initPid: number): Promise<void> {
  const mount =
    'cd /run; mkdir -m 700 whole; cd whole; mkdir proc sys; mount -t proc proc proc; mount -t sysfs sysfs sys';
  await run([...enter(initPid), 'sh', '-ec', mount]);
}

/** Makes /proc/meminfo tell the droplet's memory (MiB), by which programs size themselves, and not the machine's. */
export async function showMemory(initPid: number, memory: number): Promise<void> {
  const size = memory * 1024;
  const fields = {
    MemTotal: size,
    MemFree: size * 0.6,
    MemAvailable: size * 0.8,
    Buffers: 0,
    Cached: size * 0.2,
  };
  const swap = { SwapCached: 0, SwapTotal: 0, SwapFree: 0 };
  const lines = Object.entries({ ...fields, ...swap }).map(
    ([name, value]) => `${`${name}:`.padEnd(16)}${String(Math.round(value)).padStart(8)} kB\n`,
  );
  const show = 'cat > /run/meminfo && mount --bind /run/meminfo /proc/meminfo && rm /run/meminfo';
  await run([...enter(initPid), 'sh', '-c', show], { input: lines.join('') });
}
