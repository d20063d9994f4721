import { rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Where the API is served: a TCP port (loopback unless `host` says otherwise; 0 is any free one), or a unix socket. */
export type Listener =
  | {
      readonly port: number;
      readonly host?: string;
      readonly tls?: { readonly key: string; readonly cert: string };
    }
  | { readonly socket: string };

/** Starts to serve. Rejects with one sentence when the address can't be had. */
export async function listen(
  listener: Listener,
  handle: RequestListener,
): Promise<{ url: string; server: Server }> {
  const isTls = 'port' in listener && listener.tls !== undefined;
  const server = isTls ? createTlsServer(listener.tls ?? {}, handle) : createServer(handle);
  if ('socket' in listener) rmSync(listener.socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(reason(listener, error))));
    if ('socket' in listener) server.listen(listener.socket, resolve);
    else server.listen(listener.port, listener.host ?? '127.0.0.1', resolve);
  });
  if ('socket' in listener) return { url: `unix:${listener.socket}`, server };
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { url: `${isTls ? 'https' : 'http'}://${host}:${port}`, server };
}

function reason(listener: Listener, error: NodeJS.ErrnoException): string {
  const where = 'socket' in listener ? listener.socket : `${listener.host ?? '127.0.0.1'}:${listener.port}`;
  if (error.code === 'EADDRINUSE')
    return `The API can't use ${where}: another program does; choose another port.`;
  if (error.code === 'EACCES')
    return `The API may not use ${where}: choose a port above 1023, or run as root.`;
  return `The API can't use ${where}: ${error.message}.`;
}
