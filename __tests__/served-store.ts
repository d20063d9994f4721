import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An object store of a test's own, and how it answers. */
export interface AnsweringStore {
  answer(request: IncomingMessage, response: ServerResponse): void;
}

/** Serves an object store on loopback, at a free port. */
export async function serveStore(store: AnsweringStore): Promise<{ endpoint: string; server: Server }> {
  const server = createServer((request, response) => store.answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export async function endStore(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
