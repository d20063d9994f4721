import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt } from '../common/run';
import { Cgroup } from './cgroup';
import { stateOf } from './state-paths';
import { loopDevices } from './volume';

const NSPAWN = '/run/systemd/nspawn';

/**
 * Removes every process, mount, loop device, control group and file of a lab's droplets and volumes, whoever left them
 * behind and in whatever state. Other labs, and what isn't there, are left alone; so are the files that other parts of
 * the lab keep in its state folder.
 */
export async function sweep(lab: string): Promise<void> {
  const cgroup = new Cgroup(lab);
  await cgroup.kill();
  await cgroup.remove();
  const state = stateOf(lab);
  for (const mountPoint of await mountsBelow(state)) await attempt(['umount', '--lazy', mountPoint]);
  for (const device of await loopDevices(state)) await attempt(['losetup', '--detach', device]);
  for (const folder of ['droplets', 'volumes'])
    await rm(join(state, folder), { recursive: true, force: true });
  await rmdir(state).catch(() => {}); // not empty
  await forgetMachines(lab);
}

/** Mount points below a folder, the innermost first. */
async function mountsBelow(folder: string): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const mountPoints = mounts.map((line) => line.split(' ')[1] ?? '');
  return mountPoints.filter((mountPoint) => mountPoint.startsWith(`${folder}/`)).reverse();
}

/** systemd-nspawn that was killed leaves folders named after its machines. */
async function forgetMachines(lab: string): Promise<void> {
  for (const folder of await readdir(NSPAWN).catch(() => [])) {
    for (const machine of await readdir(join(NSPAWN, folder)).catch(() => [])) {
      if (machine.match(/^digitalocean-lab-(.*)-\d+$/)?.[1] === lab) {
        await attempt(['umount', '--lazy', join(NSPAWN, folder, machine)]);
        await rm(join(NSPAWN, folder, machine), { recursive: true, force: true });
      }
    }
  }
}
