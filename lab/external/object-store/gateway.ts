import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkGrants, type FindKey, signer } from './access';
import { AwsChunks } from './aws-chunks';
import { Buckets } from './buckets';
import { errorBody, S3Error } from './s3-error';
import { type S3Request, s3RequestOf } from './s3-request';
import { refusalOf, type StoreFault } from './store-fault';

export interface GatewayOptions {
  /** Of the loopback: where the store is that asks for no signature. */
  readonly store: { readonly host: string; readonly port: number };
  readonly find: FindKey;
  /** Where it is asked. */
  readonly host: string;
  /** @default - none */
  readonly tls?: { readonly port: number; readonly cert: string; readonly key: string };
  /** @default - none */
  readonly plain?: { readonly port: number };
}

/** What the store behind is told instead of a signature: which service is meant. */
const CREDENTIAL =
  'AWS4-HMAC-SHA256 Credential=lab/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
const CHUNKED = /^STREAMING-/;
/** Headers that are about the frames of `aws-chunked`, or about a connection. */
const OWN_HEADERS = [
  ...[
    'x-amz-content-sha256',
    'x-amz-decoded-content-length',
    'x-amz-trailer',
    'x-amz-sdk-checksum-algorithm',
  ],
  ...['content-encoding', 'connection', 'proxy-connection', 'expect', 'transfer-encoding'],
];

/**
 * Spaces as its clients see it: checks signatures and grants with the keys of the account, knows which bucket is in which region, fails
 * as it is told, and passes all else to a store that does what S3 does with buckets and objects.
 */
export class Gateway {
  private readonly buckets = new Buckets();
  private readonly held = new Set<ServerResponse>();
  private servers: readonly Server[] = [];
  private fault: StoreFault | undefined;

  constructor(private readonly options: GatewayOptions) {}

  /** Ports by which it is reached, first that of TLS. */
  async open(): Promise<readonly number[]> {
    const { tls, plain, host } = this.options;
    const answer = (incoming: IncomingMessage, outgoing: ServerResponse) =>
      void this.answer(incoming, outgoing);
    const servers: [Server, number][] = [
      ...(tls ? [[createTlsServer(tls, answer), tls.port] as [Server, number]] : []),
      ...(plain ? [[createServer(answer), plain.port] as [Server, number]] : []),
    ];
    this.servers = await Promise.all(servers.map(([server, port]) => listen(server, port, host)));
    return this.servers.map((server) => (server.address() as { port: number }).port);
  }

  async close(): Promise<void> {
    for (const server of this.servers) server.closeAllConnections();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
    this.servers = [];
  }

  /** Breaks it, or mends it when no fault is given. */
  async fail(fault: StoreFault | undefined): Promise<void> {
    this.fault = fault;
    for (const outgoing of this.held) outgoing.destroy();
    this.held.clear();
    if (fault?.kind === 'dead') await this.close();
    else if (this.servers.length === 0) await this.open();
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { fault } = this;
    outgoing.on('error', () => outgoing.destroy());
    if (fault?.kind === 'hang') return void this.held.add(outgoing);
    try {
      if (fault?.kind === 'delay') await sleep(fault.milliseconds);
      const asked = s3RequestOf(incoming);
      const refusal = refusalOf(fault, asked);
      if (refusal) throw refusal;
      const key = signer(
        { method: asked.method, path: asked.path, headers: incoming.headers },
        this.options.find,
      );
      checkGrants(key, asked);
      const own = this.buckets.answer(asked);
      if (own === undefined) return this.pass(asked, incoming, outgoing);
      incoming.resume();
      outgoing.writeHead(200, { 'content-type': 'application/xml' }).end(own);
    } catch (error) {
      refuse(error, incoming, outgoing);
    }
  }

  private pass(asked: S3Request, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const headers = onwardHeaders(incoming);
    const { store } = this.options;
    const onward = request({ ...store, method: asked.method, path: withoutSignature(asked.onward), headers });
    onward.on('response', (answer) => {
      this.buckets.note(asked, answer.statusCode ?? 0);
      outgoing.writeHead(answer.statusCode ?? 502, answerHeaders(answer));
      answer.pipe(outgoing);
    });
    onward.on('error', (error) => refuse(error, incoming, outgoing));
    outgoing.on('close', () => onward.destroy());
    const isChunked = CHUNKED.test(String(incoming.headers['x-amz-content-sha256']));
    const stages = isChunked ? [incoming, new AwsChunks(), onward] : [incoming, onward];
    pipeline(stages, () => {});
  }
}

function onwardHeaders({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name));
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  const encoding = String(headers['content-encoding'] ?? '').replace(/aws-chunked,? ?/, '');
  return {
    ...(Object.fromEntries(kept) as Record<string, string | string[]>),
    authorization: CREDENTIAL,
    host: 's3.us-east-1.amazonaws.com',
    ...(length && { 'content-length': length }),
    ...(encoding && { 'content-encoding': encoding }),
  };
}

function answerHeaders({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  const { connection, server, ...kept } = headers;
  return kept;
}

const withoutSignature = (path: string) =>
  path.replace(/([?&])X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature)=[^&]*/g, '$1');

function refuse(error: unknown, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const known = error instanceof S3Error ? error : new S3Error(500, 'InternalError', String(error));
  incoming.resume();
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing.writeHead(known.status, { 'content-type': 'application/xml' });
  outgoing.end(incoming.method === 'HEAD' ? '' : errorBody(known));
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}
