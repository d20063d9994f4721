import { readdir } from 'node:fs/promises';
import { attempt, run } from '../common/run';

const FOLDER = '/run/netns';

export const pathOf = (namespace: string) => `${FOLDER}/${namespace}`;

/**
 * The words that start a command inside a network namespace. Unlike `ip netns exec` they leave the mount namespace
 * alone, so that mounts and namespaces made by the command are seen by everybody.
 */
export const inside = (namespace: string) => ['nsenter', `--net=${pathOf(namespace)}`, '--'];

/** Runs lines of the `ip` command inside a namespace, in order, up to the first that fails. */
export async function ip(namespace: string, lines: readonly string[]): Promise<void> {
  await run(['ip', '-n', namespace, '-batch', '-'], { input: lines.map((line) => `${line}\n`).join('') });
}

export async function setSysctls(namespace: string, settings: readonly string[]): Promise<void> {
  await run([...inside(namespace), 'sysctl', '--quiet', '--write', ...settings]);
}

/**
 * Adds a namespace whose loopback interface is up. One that is already there is kept. The machine's way to treat congestion may be another
 * one (BBR repeats what is lost at other times): droplets have Cubic, or where a namespace may not choose it Reno, which is alike in that.
 */
export async function addNamespace(namespace: string): Promise<void> {
  if (!(await namespaces()).includes(namespace)) await run(['ip', 'netns', 'add', namespace]);
  await ip(namespace, ['link set lo up']);
  const congestion = (control: string) =>
    setSysctls(namespace, [`net.ipv4.tcp_congestion_control=${control}`]);
  await congestion('cubic').catch(() => congestion('reno'));
}

/** Removes a namespace by name; the kernel lets go of it when its last process ends. */
export async function removeNamespace(namespace: string): Promise<void> {
  if ((await namespaces()).includes(namespace)) await run(['ip', 'netns', 'delete', namespace]);
}

export async function namespaces(): Promise<string[]> {
  return readdir(FOLDER).catch(() => []);
}

/** Ids of the processes inside a namespace. */
export async function processesIn(namespace: string): Promise<number[]> {
  const { stdout } = await attempt(['ip', 'netns', 'pids', namespace]);
  return stdout.split('\n').filter(Boolean).map(Number);
}
