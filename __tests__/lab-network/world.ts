import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DropletSpec } from '../../lab/api/hardware';
import { clientOf, dropletNamespace, fabricOf } from '../../lab/network/names';
import { inside, ip } from '../../lab/network/namespace';
import { createNetwork, type Network, type NetworkOptions } from '../../lab/network/network';
import { sweep } from '../../lab/network/sweep';
import { attempt, run } from '../../lab/run';

/** describe where namespaces can be made; elsewhere its tests are named as not run. */
export const describeAsRoot =
  process.platform === 'linux' && process.getuid?.() === 0
    ? describe
    : (name: string, tests: () => void) => describe.skip(`${name} (not run: needs Linux and root)`, tests);

export const RESERVED_IP = '198.19.0.1';

/** The n-th droplet of a test, in the n-th VPC of a test. */
export function droplet(n: number, vpc = 0): DropletSpec {
  return {
    id: n,
    name: `droplet-${n}`,
    image: 'debian-13-x64',
    vcpus: 1,
    memory: 1024,
    disk: 25,
    region: 'fra1',
    sshKeys: ['ssh-ed25519 AAAA one', 'ssh-ed25519 BBBB two'],
    tags: ['production', 'production-web'],
    monitoring: true,
    userData: `#cloud-config\n# droplet ${n}\n`,
    public: {
      ip: `198.18.1.${n}`,
      netmask: '255.255.0.0',
      gateway: '198.18.0.1',
      mac: `02:00:00:00:01:0${n}`,
    },
    anchor: { ip: `10.17.1.${n}`, netmask: '255.255.0.0', gateway: '10.17.0.1' },
    private: {
      ip: `10.${116 + vpc}.0.1${n}`,
      netmask: '255.255.240.0',
      mac: `02:00:00:00:02:0${n}`,
      vpcId: `vpc-${vpc}`,
      vpcRange: `10.${116 + vpc}.0.0/20`,
    },
  };
}

/** A network in which things can be asked of each other. Removed by close, which is for afterAll. */
export class World {
  private readonly servers: ChildProcess[] = [];

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

  /** Serves, in a namespace, who asks whom: "<asker> asks <address asked>", over TCP or UDP at a port. */
  async serve(namespace: string, protocol: 'tcp' | 'udp', port: number, bind = ''): Promise<void> {
    const says = 'SYSTEM:echo $SOCAT_PEERADDR asks $SOCAT_SOCKADDR';
    const at = bind && `,bind=${bind}`;
    const listen =
      protocol === 'tcp' ? `TCP4-LISTEN:${port},fork,reuseaddr${at}` : `UDP4-RECVFROM:${port},fork${at}`;
    await this.start(namespace, ['socat', '-d', '-d', listen, says]);
  }

  /** Echoes lines at a TCP port for as long as a connection lasts. */
  async echo(namespace: string, port: number): Promise<void> {
    await this.start(namespace, ['socat', '-d', '-d', `TCP4-LISTEN:${port},fork,reuseaddr`, 'EXEC:cat']);
  }

  /** Answers packets of a bare IP protocol such as VRRP (112). */
  async answerProtocol(namespace: string, protocol: number): Promise<void> {
    await this.start(namespace, ['socat', `IP4-RECVFROM:${protocol},fork`, 'SYSTEM:echo heard'], 150);
  }

  /** @returns what the server said, '' when there is no answer within half a second */
  async ask(namespace: string, protocol: 'tcp' | 'udp', target: string, bind?: string): Promise<string> {
    const options = [bind && `bind=${bind}`, protocol === 'tcp' && 'connect-timeout=0.5'].filter(Boolean);
    const address = [`${protocol.toUpperCase()}4:${target}`, ...options].join(',');
    return this.exchange(namespace, address, protocol === 'udp' ? 'hello\n' : '');
  }

  /** Whether a ping is answered within half a second. */
  async ping(namespace: string, address: string): Promise<boolean> {
    const id = Math.floor(Math.random() * 0xf000); // an id used before would belong to an established flow
    const echoRequest = Buffer.alloc(8);
    echoRequest.writeUInt16BE(0x0800, 0);
    echoRequest.writeUInt16BE(0xffff - 0x0800 - id, 2); // the checksum
    echoRequest.writeUInt16BE(id, 4);
    return (await this.exchange(namespace, `IP4-SENDTO:${address}:1`, echoRequest)) !== '';
  }

  /** Whether a packet of a bare IP protocol is answered within half a second. */
  async hearsProtocol(namespace: string, protocol: number, address: string): Promise<boolean> {
    return (await this.exchange(namespace, `IP4-SENDTO:${address}:${protocol}`, 'hello')) !== '';
  }

  /** A connection to an echo server. */
  connect(namespace: string, target: string): Conversation {
    return new Conversation(this.launch(namespace, ['socat', 'STDIO', `TCP4:${target},connect-timeout=1`]));
  }

  async close(): Promise<void> {
    for (const server of this.servers) server.kill('SIGKILL');
    await this.network.close();
  }

  /** Starts a long-lived command in a namespace; ready when it says that it listens, or after some milliseconds. */
  async start(namespace: string, command: readonly string[], after?: number): Promise<ChildProcess> {
    const server = this.launch(namespace, command);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      server.stderr?.on('data', (chunk) => {
        said += chunk;
        if (said.includes('listening on') || (said.includes('receiving') && !after)) resolve();
      });
      server.on('exit', () => reject(new Error(`${command.join(' ')} ended: ${said}`)));
      setTimeout(resolve, after ?? 400);
    });
    return server;
  }

  private launch(namespace: string, command: readonly string[]): ChildProcess {
    const [file = '', ...args] = [...inside(namespace), ...command];
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.servers.push(child);
    return child;
  }

  private async exchange(namespace: string, address: string, input: string | Buffer): Promise<string> {
    const command = [...inside(namespace), 'socat', '-t', '0.5', '-T', '0.5', '-', address];
    return (await attempt(command, { input, timeout: 3000 })).stdout.trim();
  }
}

/** A connection on which one says lines and hears them back. */
export class Conversation {
  private heard = '';

  constructor(private readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk) => {
      this.heard += chunk;
    });
    process.stdin?.on('error', () => {});
  }

  /** @returns whether a line comes back within a second */
  async say(line: string): Promise<boolean> {
    this.process.stdin?.write(`${line}\n`);
    for (let waited = 0; waited < 1000 && !this.heard.includes(`${line}\n`); waited += 20) await pause(20);
    return this.heard.includes(`${line}\n`);
  }

  /** @returns whether the connection has ended within a second */
  async ended(): Promise<boolean> {
    if (this.process.exitCode === null) await Promise.race([once(this.process, 'exit'), pause(1000)]);
    return this.process.exitCode !== null;
  }
}

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export { run };
