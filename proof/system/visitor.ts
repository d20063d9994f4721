import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, constants } from 'node:http2';
import { request } from 'node:https';
import type { Site } from '../../lab/stack/site';
import { WebSocketVisitor } from '../load/web-socket';

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

/** Opens a web socket. */
export function openSocket(site: Site, path: string): Promise<WebSocketVisitor> {
  return WebSocketVisitor.open({ ...way(site), path });
}
