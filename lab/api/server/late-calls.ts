import type { Route } from './route';

/** Calls whose routes are loaded once the first of them comes. */
export interface LateCalls {
  /** The kinds of things that they are about. */
  readonly kinds: readonly string[];
  has(path: string): boolean;
  load(): Promise<readonly Route[]>;
}

/** Hands over the routes of late calls once, before the first of them is answered. */
export function lateLoader(
  { has, load }: LateCalls,
  add: (routes: readonly Route[]) => void,
): (path: string) => Promise<void> {
  let loading: Promise<void> | undefined;
  return async (path) => {
    if (!has(path)) return;
    loading ??= load().then(add);
    await loading;
  };
}
