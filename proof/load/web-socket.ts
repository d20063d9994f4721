import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as http } from 'node:http';
import { request as https, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';

/** Milliseconds. */
const PATIENCE = 5000;

/** A web socket: sends a short text, and gives what comes back. */
export class WebSocketVisitor {
  private readonly gone: Promise<never>;

  private constructor(private readonly socket: Socket) {
    this.gone = once(socket, 'close').then(() => Promise.reject(new Error('the web socket ended')));
    this.gone.catch(() => {}); // told to whoever waits for an answer
  }

  /** Opens one. Rejects with one sentence when it is refused. */
  static async open(options: RequestOptions, secure = true): Promise<WebSocketVisitor> {
    const headers = {
      ...options.headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    const start = secure ? https : http;
    const call = start({ ...options, headers, agent: false, signal: AbortSignal.timeout(PATIENCE) });
    call.end();
    return new Promise((resolve, reject) => {
      call.on('upgrade', (_, socket) => resolve(new WebSocketVisitor(socket)));
      call.on('response', ({ statusCode }) => {
        call.destroy();
        reject(new Error(`no web socket, but ${statusCode}`));
      });
      call.on('error', reject);
    });
  }

  async echo(text: string): Promise<string> {
    const mask = randomBytes(4);
    const masked = Buffer.from(text).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    this.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, masked]));
    const answer = once(this.socket, 'data', { signal: AbortSignal.timeout(PATIENCE) });
    const [frame] = await Promise.race([answer, this.gone]);
    return frame.subarray(2).toString();
  }

  close(): void {
    this.socket.destroy();
  }
}
