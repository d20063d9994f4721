import type { FastifyInstance } from 'fastify';
import type { Route } from './route';

/** Calls whose routes are loaded, and served by a server of their own, once the first of them comes. */
export interface LateCalls {
  /** The kinds of things that they are about. */
  readonly kinds: readonly string[];
  has(path: string): boolean;
  load(): Promise<readonly Route[]>;
}

/** The server of late calls: made once, when it is first asked for. */
export function lateServer(
  { load }: LateCalls,
  make: (routes: readonly Route[]) => FastifyInstance,
): { get(): Promise<FastifyInstance>; close(): Promise<void> } {
  let server: Promise<FastifyInstance> | undefined;
  const start = async () => {
    const app = make(await load());
    await app.ready();
    return app;
  };
  return {
    get: () => {
      server ??= start();
      return server;
    },
    close: async () => void (await (await server)?.close()),
  };
}
