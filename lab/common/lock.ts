import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface LockOptions {
  /** Is called when somebody else has had the lock for a second. */
  readonly onWait?: () => void;
  /** Ends the waiting, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Does something while no other process of this machine does it under the same lock file. The lock is the kernel's:
 * it ends with this process, however that ends.
 */
export async function withLock<T>(
  file: string,
  action: () => Promise<T>,
  { onWait = () => {}, signal }: LockOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  // `flock` holds the lock for as long as `cat` can read from us.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  const waiting = setTimeout(onWait, 1000);
  const stop = () => holder.kill();
  signal?.addEventListener('abort', stop);
  try {
    await Promise.race([
      once(holder.stdout, 'data'),
      ended.then(() => {
        signal?.throwIfAborted();
        throw new Error(`The lock ${file} can't be taken.`);
      }),
    ]);
    clearTimeout(waiting);
    signal?.removeEventListener('abort', stop);
    return await action();
  } finally {
    clearTimeout(waiting);
    holder.stdin.end();
    await ended;
  }
}
