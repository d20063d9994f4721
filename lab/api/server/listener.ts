import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** Where the API is served: a TCP port (loopback unless `host` says otherwise; 0 is any free one), or a unix socket. */
export type Listener =
  | {
      readonly port: number;
      readonly host?: string;
      readonly tls?: { readonly key: string; readonly cert: string };
    }
  | { readonly socket: string };

/** Milliseconds that a client may take for its headers and for a whole request, and how often that is looked at. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 2000 };
const MOST_CONNECTIONS = 1024;

/** Starts to serve. Rejects with one sentence when the address can't be had. */
export async function listen(
  listener: Listener,
  handle: RequestListener,
): Promise<{ url: string; server: Server }> {
  const isTls = 'port' in listener && listener.tls !== undefined;
  const server = isTls
    ? createTlsServer({ ...PATIENCE, ...listener.tls }, handle)
    : createServer(PATIENCE, handle);
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', refuseUnreadable);
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

const NO_HTTP = { status: 400, id: 'bad_request', message: 'The request is not valid HTTP.' };
const UNREADABLE: Readonly<Record<string, typeof NO_HTTP>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    id: 'request_header_fields_too_large',
    message: 'The request has too many headers.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, id: 'request_timeout', message: 'The request took too long.' },
};

/** The answer to what is no HTTP, or has more headers than Node reads: in DigitalOcean's error shape, like every other. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const { status, id, message } = UNREADABLE[error.code ?? ''] ?? NO_HTTP;
  const requestId = randomUUID();
  const body = JSON.stringify({ id, message, request_id: requestId });
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}

function reason(listener: Listener, error: NodeJS.ErrnoException): string {
  const where = 'socket' in listener ? listener.socket : `${listener.host ?? '127.0.0.1'}:${listener.port}`;
  if (error.code === 'EADDRINUSE')
    return `The API can't use ${where}: another program does; choose another port.`;
  if (error.code === 'EACCES')
    return `The API may not use ${where}: choose a port above 1023, or run as root.`;
  return `The API can't use ${where}: ${error.message}.`;
}
