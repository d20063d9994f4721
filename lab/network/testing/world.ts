import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DropletSpec } from '../../api/server/hardware';
import { clientOf, dropletNamespace, fabricOf } from '../link-names';
import { inside, ip } from '../namespace';
import { createNetwork, type Network, type NetworkOptions } from '../network';
import { sweep } from '../sweep';

type Protocol = 'tcp' | 'udp' | 'icmp';

/** A network in which things can be asked of each other. Removed by close, which is for afterAll. */
export class World {
  private readonly processes = new Set<ChildProcess>();

  private constructor(
    readonly lab: string,
    readonly network: Network,
  ) {}

  static async create(name: string, options?: NetworkOptions): Promise<World> {
    const lab = `test-${name}-${process.pid}`;
    await sweep(lab);
    return new World(lab, await createNetwork(lab, options));
  }

  get client() {
    return clientOf(this.lab);
  }

  get fabric() {
    return fabricOf(this.lab);
  }

  namespace(n: number) {
    return dropletNamespace(this.lab, n);
  }

  /** Plugs droplets in and does what cloud-init does to their cards. */
  async boot(...droplets: DropletSpec[]): Promise<void> {
    await Promise.all(
      droplets.map(async (d) => {
        await this.network.plugIn(d);
        await this.configure(d);
      }),
    );
  }

  async configure(d: DropletSpec): Promise<void> {
    await ip(this.namespace(d.id), [
      `address replace ${d.public.ip}/16 dev eth0`,
      `address replace ${d.anchor.ip}/16 dev eth0`,
      `address replace ${d.private.ip}/20 dev eth1`,
      'link set eth0 up',
      'link set eth1 up',
      `route replace default via ${d.public.gateway}`,
    ]);
  }

  /** Tells, at a port in a namespace, who asks: over TCP "<asker> asks <address asked>", over UDP "<asker> asks". */
  async serve(namespace: string, protocol: 'tcp' | 'udp', port: number, address = '0.0.0.0'): Promise<void> {
    const says = 'SYSTEM:echo $SOCAT_PEERADDR asks $SOCAT_SOCKADDR';
    const tcp = ['socat', '-d', '-d', `TCP4-LISTEN:${port},bind=${address},fork,reuseaddr`, says];
    const udp = [process.execPath, '-e', UDP_SERVER, String(port), address];
    await this.start(namespace, protocol === 'tcp' ? tcp : udp);
  }

  /** Echoes lines at a TCP port for as long as a connection lasts. */
  async echo(namespace: string, port: number): Promise<void> {
    await this.start(namespace, ['socat', '-d', '-d', `TCP4-LISTEN:${port},fork,reuseaddr`, 'EXEC:cat']);
  }

  /** Listens, without a word, at an address as socat writes it. */
  async listen(namespace: string, address: string): Promise<Conversation> {
    return new Conversation(await this.start(namespace, ['socat', '-u', address, 'STDOUT'], 200));
  }

  /** Sends one packet to an address as socat writes it. */
  async send(namespace: string, address: string, text: string): Promise<void> {
    const sender = this.launch(namespace, ['socat', '-u', '-', address]);
    sender.stdin?.end(text);
    await once(sender, 'exit');
  }

  /** @returns what is answered first, '' when nothing is within three seconds */
  async ask(namespace: string, protocol: Protocol, target: string, bind?: string): Promise<string> {
    return (await this.exchange(namespace, protocol, target, bind, 3000)).answer;
  }

  /** @returns whether there is neither an answer nor a refusal within half a second */
  async ignored(namespace: string, protocol: Protocol, target: string, bind?: string): Promise<boolean> {
    const { answer, refused } = await this.exchange(namespace, protocol, target, bind, 500);
    return answer === '' && !refused;
  }

  /** A connection to an echo server. */
  connect(namespace: string, target: string): Conversation {
    return new Conversation(this.launch(namespace, ['socat', 'STDIO', `TCP4:${target},connect-timeout=10`]));
  }

  async close(): Promise<void> {
    for (const process of this.processes) process.kill('SIGKILL');
    await this.network.close();
  }

  /** Starts a long-lived command in a namespace; ready when it says that it listens, or after some milliseconds. */
  async start(namespace: string, command: readonly string[], after = 5000): Promise<ChildProcess> {
    const server = this.launch(namespace, command);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      server.stderr?.on('data', (chunk) => {
        said += chunk;
        if (said.includes('listening on')) resolve();
      });
      server.on('exit', () => reject(new Error(`${command.join(' ')} ended: ${said}`)));
      setTimeout(resolve, after).unref();
    });
    return server;
  }

  private launch(namespace: string, command: readonly string[]): ChildProcess {
    const [file = '', ...args] = [...inside(namespace), ...command];
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.processes.add(child);
    child.on('exit', () => this.processes.delete(child));
    return child;
  }

  private async exchange(namespace: string, protocol: Protocol, target: string, bind = '', patience: number) {
    const address = {
      tcp: `TCP4:${target},connect-timeout=10`,
      udp: `UDP4:${target}`,
      icmp: `IP4-SENDTO:${target}:1`,
    }[protocol];
    const asker = this.launch(namespace, [
      'socat',
      '-t',
      '4',
      '-',
      bind ? `${address},bind=${bind}` : address,
    ]);
    asker.stdin
      ?.on('error', () => {})
      .end(protocol === 'tcp' ? '' : protocol === 'icmp' ? echoRequest() : 'hello');
    const outcome = await new Promise<{ answer: string; refused: boolean }>((resolve) => {
      asker.stdout?.on('data', (chunk) =>
        resolve({ answer: String(chunk).trim() || 'answered', refused: false }),
      );
      asker.on('close', () => resolve({ answer: '', refused: true }));
      setTimeout(() => resolve({ answer: '', refused: false }), patience).unref();
    });
    asker.kill('SIGKILL');
    return outcome;
  }
}

/** A ping. Its id is a new one, since the answer to one used before would belong to an established flow. */
function echoRequest(): Buffer {
  const id = Math.floor(Math.random() * 0xf000);
  const [type, checksum] = [0x0800, 0xffff - 0x0800 - id];
  return Buffer.from(new Uint16Array([type, checksum, id, 0]).buffer).swap16();
}

const UDP_SERVER = `
const [port, address] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (_, asker) => socket.send(asker.address + ' asks', asker.port, asker.address));
socket.bind(Number(port), address, () => console.error('listening on ' + port));
`;

/** What is heard from a command, and what is said to it. */
export class Conversation {
  private heard = '';

  constructor(private readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk) => {
      this.heard += chunk;
    });
    process.stdin?.on('error', () => {});
  }

  /** @returns whether a line comes back within some milliseconds */
  async say(line: string, patience = 15_000): Promise<boolean> {
    this.process.stdin?.write(`${line}\n`);
    return this.hears(`${line}\n`, patience);
  }

  /** @returns whether a text is heard within some milliseconds */
  async hears(text: string, patience = 15_000): Promise<boolean> {
    for (let waited = 0; waited < patience && !this.heard.includes(text); waited += 20) await pause(20);
    return this.heard.includes(text);
  }

  /** Ends without waiting for an answer. */
  hangUp(): void {
    this.process.kill('SIGKILL');
  }

  /** @returns whether the connection has ended within a second */
  async ended(): Promise<boolean> {
    if (this.process.exitCode === null) await Promise.race([once(this.process, 'exit'), pause(1000)]);
    return this.process.exitCode !== null;
  }
}

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
