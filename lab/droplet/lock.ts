import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Does something while no other process of this machine does it under the same lock file. The lock is the kernel's:
 * it ends with this process, however that ends.
 */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  // `flock` holds the lock for as long as `cat` can read from us.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(() => {
        throw new Error(`The lock ${file} can't be taken.`);
      }),
    ]);
    return await action();
  } finally {
    holder.stdin.end();
  }
}
