import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { DecodedPacket } from 'dns-packet';
import type { DnsFault } from './dns-fault';
import { decodeQuery, encodeReply, type Reply, type Responder } from './dns-message';

const IDLE_TIMEOUT = 10_000;
const RUBBISH = Buffer.alloc(62, 0xff);

/** One name server at one address, over UDP and TCP. */
export class DnsServer {
  fault: DnsFault | undefined;
  private readonly udp: UdpSocket = createSocket('udp4');
  private readonly tcp: Server = createServer((connection) => this.converse(connection));
  private readonly connections = new Set<Socket>();

  constructor(
    readonly address: string,
    private readonly port: number,
    private readonly respond: Responder,
  ) {}

  /** Rejects when the address can't be listened on. */
  async start(): Promise<void> {
    this.udp.on('message', (message, { address, port }) => {
      const answer = this.answer(message, 'udp');
      if (answer) this.udp.send(answer, port, address, () => {}); // an asker may be gone
    });
    await Promise.all([
      new Promise<void>((resolve, reject) => {
        this.udp.once('error', reject).bind(this.port, this.address, resolve);
      }),
      new Promise<void>((resolve, reject) => {
        this.tcp.once('error', reject).listen(this.port, this.address, resolve);
      }),
    ]);
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.udp.close(resolve)),
      new Promise<void>((resolve) => this.tcp.close(() => resolve())),
    ]);
  }

  private converse(connection: Socket): void {
    let received = Buffer.alloc(0);
    this.connections.add(connection);
    connection.on('close', () => this.connections.delete(connection));
    connection.on('error', () => connection.destroy());
    connection.setTimeout(IDLE_TIMEOUT, () => connection.destroy());
    connection.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let length = frameLength(received); length !== undefined; length = frameLength(received)) {
        const answer = this.answer(received.subarray(2, 2 + length), 'tcp');
        if (answer) connection.write(framed(answer));
        received = received.subarray(2 + length);
      }
    });
  }

  private answer(message: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined {
    const query = decodeQuery(message);
    if (!query || this.fault === 'silent') return undefined;
    if (this.fault === 'rubbish') return Buffer.concat([message.subarray(0, 2), RUBBISH]); // with the query's id
    return encodeReply(query, this.reply(query), transport);
  }

  private reply(query: DecodedPacket): Reply {
    const [question = { name: '', type: 'A' as const }] = query.questions ?? [];
    switch (this.fault) {
      case 'SERVFAIL':
      case 'REFUSED':
      case 'NXDOMAIN':
        return { rcode: this.fault };
      case 'empty':
        return { rcode: 'NOERROR', authoritative: true };
      case 'wrong-address': {
        const answers = [{ type: 'A' as const, name: question.name, ttl: 30, data: '203.0.113.66' }];
        return { rcode: 'NOERROR', authoritative: true, answers };
      }
      default:
        return this.respond(question);
    }
  }
}

/** Length of the message at the beginning, once all of it has arrived. */
function frameLength(received: Buffer): number | undefined {
  if (received.length < 2) return undefined;
  const length = received.readUInt16BE(0);
  return received.length >= 2 + length ? length : undefined;
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
