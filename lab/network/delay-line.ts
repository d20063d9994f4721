import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from '../common/run';
import { until } from '../common/until';
import { fabricOf } from './link-names';
import { inside } from './namespace';

/**
 * A network device that gives back each frame that is sent to it after some time. The kernel's own means for this
 * (netem) is missing in many kernels, those of most CI machines among them. The process behind it ends with this one.
 */
export interface DelayLine {
  readonly device: string;
  stop(): void;
}

/** One that keeps all frames, and from `release` on passes on what it has, then what comes. */
export interface HoldingLine extends DelayLine {
  /** Resolves when all that was kept is on its way. */
  release(): Promise<void>;
}

const READY_WITHIN = 5000;
/** Milliseconds in which the last of the kept frames is out of the device again. */
const ON_ITS_WAY = 50;
let lines = 0;

/** @throws when the device does not appear */
export async function startDelayLine(lab: string, milliseconds: number): Promise<DelayLine> {
  return start(lab, String(milliseconds));
}

/** @throws when the device does not appear */
export async function startHoldingLine(lab: string): Promise<HoldingLine> {
  return start(lab, 'hold');
}

async function start(lab: string, delay: string): Promise<HoldingLine> {
  lines += 1;
  const device = `delay-${lines}`;
  const relay = [process.execPath, '-e', RELAY, device, delay];
  const [command = '', ...args] = [...inside(fabricOf(lab)), ...relay];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {}); // it may have ended by itself
  const stop = () => void child.stdin.end();
  const release = async () => {
    child.stdin.write('release');
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    await sleep(ON_ITS_WAY);
  };
  const isUp = async () => (await attempt(['ip', '-n', fabricOf(lab), 'link', 'show', device, 'up'])).stdout;
  const otherwise = 'Packets cannot be delayed on this machine: it needs socat and /dev/net/tun.';
  try {
    await until(isUp, { within: READY_WITHIN, otherwise, pause: 20 });
  } catch (error) {
    stop();
    throw error;
  }
  return { device, stop, release };
}

/** The process behind the device: socat turns frames into datagrams, which go back when their time has come. */
const RELAY = `
const [device, delay] = process.argv.slice(1);
const relay = require('node:dgram').createSocket('udp4');
const kept = [];
let holds = delay === 'hold';
relay.on('message', (frame, { port }) => {
  const back = (sent) => relay.send(frame, port, '127.0.0.1', sent);
  if (holds) kept.push(back);
  else if (delay === 'hold') back();
  else setTimeout(back, Number(delay));
});
relay.bind(0, '127.0.0.1', () => {
  const tap = 'TUN,tun-type=tap,iff-no-pi,iff-up,tun-name=' + device;
  const args = ['-b', '65536', tap, 'UDP4:127.0.0.1:' + relay.address().port];
  const socat = require('node:child_process').spawn('socat', args, { stdio: 'ignore' });
  socat.on('error', () => process.exit(1)).on('exit', () => process.exit());
  process.stdin.on('end', () => socat.kill()).on('data', async () => {
    holds = false;
    // One after the other, so that none is lost in a full buffer.
    for (const back of kept.splice(0)) await new Promise((sent) => back(sent));
    process.stdout.write('released');
  });
});
`;
