import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withLock } from '../common/lock';
import { stateOf } from '../droplet/state-paths';
import { sweep as sweepDroplets } from '../droplet/sweep';
import { belongsTo, checkLabName } from '../network/link-names';
import { namespaces } from '../network/namespace';
import { sweep as sweepNetwork } from '../network/sweep';
import { downRequest, lockOf, processFile, runtimeOf } from './runtime-paths';

/**
 * Removes a lab: its process, droplets, network and files, whatever state they are in. What is not there is no problem. The cache
 * of images and packages stays. Whoever is just starting the lab gives up, and who takes it down too has finished first.
 *
 * @returns whether there was anything
 */
export async function down(lab: string): Promise<boolean> {
  checkLabName(lab);
  const request = downRequest(lab);
  await mkdir(dirname(request), { recursive: true, mode: 0o700 });
  await writeFile(request, '');
  return withLock(lockOf(lab), () => clear(lab).finally(() => rm(request, { force: true })));
}

/** Does it, for who holds the lab's lock. */
export async function clear(lab: string): Promise<boolean> {
  const found = await remains(lab);
  await endProcess(lab);
  // Droplets first: their processes hold the network's namespaces.
  await sweepDroplets(lab);
  await sweepNetwork(lab);
  await rm(stateOf(lab), { recursive: true, force: true });
  await rm(runtimeOf(lab), { recursive: true, force: true });
  return found;
}

/** Whether a lab, or what a dead one left, is on this machine. */
export async function remains(lab: string): Promise<boolean> {
  const own = (await namespaces()).some((namespace) => belongsTo(lab, namespace));
  return own || existsSync(stateOf(lab)) || existsSync(runtimeOf(lab));
}

async function endProcess(lab: string): Promise<void> {
  const id = Number(await readFile(processFile(lab), 'utf8').catch(() => ''));
  // The number may be another process's by now.
  const command = id > 0 ? await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '') : '';
  if (command.split('\0').includes(lab)) {
    process.kill(id, 'SIGKILL');
  }
}
