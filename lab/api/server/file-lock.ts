import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Takes a file for this process, by a file beside it; one that a killed process left counts for nothing.
 * The returned function gives it back.
 *
 * @throws Error of one sentence when another process has the file
 */
export function lockFile(file: string): () => void {
  const lock = `${file}.lock`;
  const own = `${process.pid} ${startOf(process.pid)}`;
  for (;;) {
    try {
      writeFileSync(lock, own, { flag: 'wx', mode: 0o600 });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = read(lock);
    if (isAlive(holder))
      throw new Error(`${file} is in use by process ${holder.split(' ')[0]}; end that first.`);
    rmSync(lock, { force: true });
  }
}

function isAlive(holder: string): boolean {
  const [id, start] = holder.split(' ');
  if (!Number(id)) return false;
  try {
    process.kill(Number(id), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(Number(id)) === start;
}

/** When a process began, which tells it from a later one with the same id; empty where there is no /proc. */
function startOf(id: number): string {
  // The name in parentheses may hold anything; the time is the 20th field after it.
  return read(`/proc/${id}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
