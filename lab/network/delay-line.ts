import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from '../run';
import { fabricOf } from './names';
import { inside } from './namespace';

/**
 * A network device that gives back each frame that is sent to it after some time. The kernel's own means for this
 * (netem) is missing in many kernels, those of most CI machines among them. The process behind it ends with this one.
 */
export interface DelayLine {
  readonly device: string;
  stop(): void;
}

const READY_WITHIN = 5000;
let lines = 0;

/** @throws when the device does not appear */
export async function startDelayLine(lab: string, milliseconds: number): Promise<DelayLine> {
  lines += 1;
  const device = `delay-${lines}`;
  const relay = [process.execPath, '-e', RELAY, device, String(milliseconds)];
  const [command = '', ...args] = [...inside(fabricOf(lab)), ...relay];
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => {}); // it may have ended by itself
  const stop = () => void child.stdin.end();
  for (const start = Date.now(); Date.now() - start < READY_WITHIN; await sleep(20)) {
    const { stdout } = await attempt(['ip', '-n', fabricOf(lab), 'link', 'show', device, 'up']);
    if (stdout) return { device, stop };
  }
  stop();
  throw new Error('Packets cannot be delayed on this machine: it needs socat and /dev/net/tun.');
}

/** The process behind the device: socat turns frames into datagrams, which go back when their time has come. */
const RELAY = `
const [device, delay] = process.argv.slice(1);
const relay = require('node:dgram').createSocket('udp4');
relay.on('message', (frame, { port }) => setTimeout(() => relay.send(frame, port, '127.0.0.1'), Number(delay)));
relay.bind(0, '127.0.0.1', () => {
  const tap = 'TUN,tun-type=tap,iff-no-pi,iff-up,tun-name=' + device;
  const args = ['-b', '65536', tap, 'UDP4:127.0.0.1:' + relay.address().port];
  const socat = require('node:child_process').spawn('socat', args, { stdio: 'ignore' });
  socat.on('error', () => process.exit(1)).on('exit', () => process.exit());
  process.stdin.on('end', () => socat.kill()).resume();
});
`;
