import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

const LOOK_EVERY = 250;

/**
 * Calls `end` once when the npm that started this process has ended. Nobody else would: npm hands a SIGTERM on to a shell that does not,
 * and one that is killed hands on nothing. Does nothing for who was not started by npm.
 */
export function endWithNpm(end: () => void): void {
  const ancestors = ancestorsUpToNpm();
  if (ancestors.length === 0) return;
  const timer = setInterval(() => {
    if (ancestors.every((id, i) => parentOf(i === 0 ? process.pid : ancestors[i - 1]) === id)) return;
    clearInterval(timer);
    end();
  }, LOOK_EVERY);
  timer.unref();
}

/** When a signal or the end of npm ends this process, it first does this, once. */
export function beforeEnd(action: () => Promise<unknown>): void {
  let isEnding = false;
  const end = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    if (isEnding) return;
    isEnding = true;
    action().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  endWithNpm(() => end('SIGTERM'));
}

/** Ends this process and whatever it has started, in droplets too. */
export function endWithAll(): never {
  endStarted();
  process.exit(1);
}

/** Ends whatever this process has started, at once. */
export function endStarted(): void {
  for (const id of descendantsOf(process.pid)) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Of those that run now: first those of `id`, then theirs. */
function descendantsOf(id: number): number[] {
  const all = readdirSync('/proc').map(Number).filter(Boolean);
  const parents = new Map(all.map((child) => [child, parentOf(child)]));
  const below = (parent: number): number[] => {
    const children = all.filter((child) => parents.get(child) === parent);
    return [...children, ...children.flatMap(below)];
  };
  return below(id);
}

/** This process's parent, that one's, and so on to the nearest npm; none where there is no npm. */
function ancestorsUpToNpm(): number[] {
  const ancestors: number[] = [];
  for (let id = parentOf(process.pid); id !== undefined && id > 1; id = parentOf(id)) {
    ancestors.push(id);
    if (/^npm\b/.test(proc(id, 'cmdline'))) return ancestors;
  }
  return [];
}

function parentOf(id: number | undefined): number | undefined {
  // The name in parentheses may hold anything; after it come the state and the parent.
  const parent = /.*\) \S (\d+)/s.exec(proc(id, 'stat'))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Empty where there is no such process, or no /proc. */
function proc(id: number | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
