import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { SPACES_DOMAIN } from '../common/spaces-domain';
import { SPACES } from './addresses';
import { clientOf } from './link-names';
import { inside } from './namespace';

/** An HTTP proxy on this machine's loopback. */
export interface Proxy {
  readonly url: string;
  close(): void;
}

/** What a client asks a proxy for: GET http://203.0.113.7/path HTTP/1.1 */
const REQUEST = /^(\S+) http:\/\/([^/:\s]+)(?::(\d+))?(\S*) (HTTP\/1\.[01]\r\n)/;
const LONGEST_HEAD = 64 * 1024;

/** Passes what is asked on into the lab, as one of the stack's users: for programs that a deployment runs on this machine. */
export async function startProxy(lab: string): Promise<Proxy> {
  const server = createServer((client) => {
    let head = Buffer.alloc(0);
    client.on('error', () => client.destroy());
    client.on('data', function collect(chunk: Buffer) {
      head = Buffer.concat([head, chunk]);
      if (!head.includes('\r\n\r\n') && head.length < LONGEST_HEAD) return;
      client.off('data', collect);
      pass(client, head.toString('latin1'), lab);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}

/** One request for each connection, which is enough for who asks for little. */
function pass(client: Socket, asked: string, lab: string): void {
  const [line, method, host, port = '80', path, version] = REQUEST.exec(asked) ?? [];
  if (line === undefined) return void client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  // Names are this machine's to look up, which does not know that one in the lab.
  const address = host?.endsWith(`.${SPACES_DOMAIN}`) ? SPACES : host;
  const target = `TCP:${address}:${port},connect-timeout=5`;
  const [command = '', ...args] = [...inside(clientOf(lab)), 'socat', '-t', '30', 'STDIO', target];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  client.on('close', () => child.kill());
  child.stdin.on('error', () => client.destroy());
  child.stdin.write(`${method} ${path || '/'} ${version}${asked.slice(line.length)}`, 'latin1');
  client.pipe(child.stdin);
  child.stdout.pipe(client);
}
