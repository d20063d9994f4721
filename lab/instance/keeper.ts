import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { down } from './down';
import { processFile } from './runtime-paths';

/**
 * A lab's keeper, started by `up`: `keeper.ts <name> <owner>`. It takes the lab down when the process that it was started for has ended
 * without doing so, as a test run that was killed; and ends with the lab.
 */
const LOOK_EVERY = 500;

const [name = '', owner = ''] = process.argv.slice(2);

const labProcess = () => readFile(processFile(name), 'utf8').catch(() => undefined);
/** When a process began, by which it differs from a later one of the same number; undefined when there is none. */
const beginning = async (id: string) =>
  (await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')).replace(/.*\) /s, '').split(' ')[19];

async function keep(): Promise<void> {
  const [lab, began] = [await labProcess(), await beginning(owner)];
  while (began !== undefined && (await beginning(owner)) === began) {
    await sleep(LOOK_EVERY);
    if ((await labProcess()) !== lab) return; // it was taken down, and perhaps there is another one
  }
  if ((await labProcess()) === lab) await down(name);
}

void keep();
