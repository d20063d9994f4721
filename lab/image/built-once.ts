import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../common/lock';

/**
 * Gives a folder below `cache` that is there whole or not at all, keyed by a hash of all that it is made from. It is
 * built by the first who asks; who asks meanwhile waits, in whatever process. Those made from something else earlier
 * are removed, unless a file system is mounted from them.
 * @param build makes the folder, which isn't there yet, at the path that it is given
 */
export async function builtOnce(
  cache: string,
  name: string,
  madeFrom: readonly unknown[],
  build: (directory: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(madeFrom)).digest('hex').slice(0, 12);
  const finished = join(cache, `${name}-${key}`);
  if (existsSync(finished)) return finished;
  await mkdir(cache, { recursive: true });
  return withLock(join(cache, `${name}.lock`), async () => {
    if (existsSync(finished)) return finished;
    const building = join(cache, `${name}.building`);
    await rm(building, { recursive: true, force: true }); // an interrupted build's
    await build(building);
    await rename(building, finished);
    await removeOthers(cache, name, finished);
    return finished;
  });
}

async function removeOthers(cache: string, name: string, finished: string): Promise<void> {
  const mounts = await allMounts();
  for (const entry of await readdir(cache)) {
    const other = join(cache, entry);
    const sameName = entry.startsWith(`${name}-`) && /^[0-9a-f]{12}$/.test(entry.slice(name.length + 1));
    if (sameName && other !== finished && !mounts.includes(other))
      await rm(other, { recursive: true, force: true });
  }
}

/** What is mounted in any of the machine's mount namespaces. */
async function allMounts(): Promise<string> {
  const processes = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const tables = processes.map((id) => readFile(`/proc/${id}/mountinfo`, 'utf8').catch(() => ''));
  return (await Promise.all(tables)).join('');
}
