import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, constants } from 'node:http2';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import type { Site } from '../../lab/stack/site';

/** How long each kilobyte of a page's beginning took to arrive: [milliseconds since the request, text]. */
export type Arrival = readonly [at: number, text: string];

function way({ port, domain, authority }: Site) {
  const ca = authority && readFileSync(authority);
  return {
    host: '127.0.0.1',
    port,
    servername: domain,
    ca,
    agent: false as const,
    headers: { host: domain },
  };
}

/** Reads an answer as it comes. */
export async function arrivals(site: Site, path: string, headers = {}): Promise<Arrival[]> {
  const start = Date.now();
  const options = way(site);
  const call = request({ ...options, path, headers: { ...options.headers, ...headers } });
  call.end();
  const [response] = await once(call, 'response');
  const seen: Arrival[] = [];
  for await (const chunk of response) seen.push([Date.now() - start, String(chunk)]);
  return seen;
}

/** The status and the length of all headers of an answer over HTTP/2. */
export async function headersOverHttp2(site: Site, path: string): Promise<readonly [number, number]> {
  const { host, port, servername, ca } = way(site);
  const session = connect(`https://${host}:${port}`, { servername, ca, maxHeaderListPairs: 1000 });
  session.settings({ maxHeaderListSize: 65_536 });
  try {
    const stream = session.request({ ':path': path, ':authority': site.domain });
    const [headers] = await once(stream.resume(), 'response');
    const length = Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one) => name.length + String(one).length),
    );
    return [Number(headers[constants.HTTP2_HEADER_STATUS]), length.reduce((sum, one) => sum + one, 0)];
  } finally {
    session.destroy();
  }
}

/** A web socket: sends a short text, and gives what comes back. */
export class WebSocketVisitor {
  private constructor(private readonly socket: Socket) {}

  static async connect(site: Site, path: string): Promise<WebSocketVisitor> {
    const options = way(site);
    const headers = {
      ...options.headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    const call = request({ ...options, path, headers });
    call.end();
    const [, socket] = await once(call, 'upgrade');
    return new WebSocketVisitor(socket);
  }

  async echo(text: string): Promise<string> {
    const mask = randomBytes(4);
    const masked = Buffer.from(text).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    this.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, masked]));
    const [frame] = await once(this.socket, 'data', { signal: AbortSignal.timeout(5000) });
    return frame.subarray(2).toString();
  }

  close(): void {
    this.socket.destroy();
  }
}
