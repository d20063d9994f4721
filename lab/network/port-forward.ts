import { spawn } from 'node:child_process';
import type { Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { clientOf } from './link-names';
import { inside } from './namespace';

/**
 * Hands each connection of a listener on to an address in the lab, as one of the stack's users; it is asked for each time, and without
 * one the connection is closed. The listener keeps to
 * the network in which it was opened, so one made on the machine's loopback leads from there into the lab; a listener can
 * also be sent to the lab's process (`child.send`). Closing it ends that.
 */
export function forwardToLab(
  listener: Server,
  lab: string,
  addressOf: () => string | undefined,
  port: number,
): Server {
  return listener.on('connection', (connection) => {
    const address = addressOf();
    if (address === undefined) return connection.destroy();
    const target = `TCP:${address}:${port},connect-timeout=5`;
    const [command = '', ...args] = [...inside(clientOf(lab)), 'socat', '-t', '30', 'STDIO', target];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    connection.on('close', () => child.kill());
    join(connection, Duplex.from({ readable: child.stdout, writable: child.stdin }));
  });
}

/** Joins two streams in both directions; when either breaks, both end. */
function join(one: Socket, other: Duplex): void {
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.pipe(other).pipe(one);
}
