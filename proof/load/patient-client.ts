import { Agent as HttpAgent, request as http } from 'node:http';
import { Agent as HttpsAgent, request as https } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketVisitor } from './web-socket';

/**
 * Visitors with patience, in the network of the stack's users: `patient-client.ts <plan as JSON>`. They ask for answers that take their
 * time, and keep web sockets open, each opened anew when it ends. Told to stop it waits for what is still open. It tells what became of
 * all, so far and in the end, and ends with whoever started it.
 */

/** What it is told. */
export interface PatientPlan {
  /** The site as its users know it, such as http://www.foobar.com. */
  readonly url: string;
  /** Where it is. */
  readonly address: string;
  /** A certificate (PEM) to trust, for https. @default - the system's */
  readonly authority?: string;
  /** Seconds that an answer takes. */
  readonly seconds: number;
}

/** A web socket's life, in milliseconds since 1970. */
export interface SocketLife {
  readonly opened: number;
  /** @default - undefined: it was open when the visitors were told to stop */
  ended?: number;
}

/** What it says, several times a second and in the end. */
export interface PatientReport {
  readonly answers: number;
  /** Of each request without a good answer, why. */
  readonly unanswered: readonly string[];
  readonly sockets: readonly SocketLife[];
  /** Of each web socket that could not be opened, why. */
  readonly refused: readonly string[];
}

/** Web sockets at a time. */
const SOCKETS = 4;
/** Milliseconds between two requests, and between two frames of a web socket. */
const [REQUEST_PAUSE, FRAME_PAUSE] = [1000, 500];
/** Milliseconds for an answer beyond what it is to take. */
const PATIENCE = 10_000;
const REPORT_PAUSE = 200;

const plan: PatientPlan = JSON.parse(String(process.argv[2]));
const url = new URL(plan.url);
const isSecure = url.protocol === 'https:';
const options = {
  host: plan.address,
  port: url.port || (isSecure ? 443 : 80),
  servername: url.hostname,
  ca: plan.authority,
  headers: { host: url.host },
};
const kept = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true });

let answers = 0;
const unanswered: string[] = [];
const sockets: SocketLife[] = [];
const refused: string[] = [];
let stopping = false;

process.on('disconnect', () => process.exit());
process.on('message', () => {
  stopping = true;
});
setInterval(report, REPORT_PAUSE);
void Promise.all([askAllTheTime(), ...Array.from({ length: SOCKETS }, keepOneOpen)]).then(() => {
  report();
  process.disconnect();
});

function report(): void {
  process.send?.({ answers, unanswered, sockets, refused } satisfies PatientReport);
}

async function askAllTheTime(): Promise<void> {
  const asked: Promise<void>[] = [];
  for (let number = 0; !stopping; number++) {
    asked.push(ask(number % 2 === 0));
    await sleep(REQUEST_PAUSE);
  }
  await Promise.all(asked);
}

/** Over a connection that is kept, or one of its own. */
async function ask(isKept: boolean): Promise<void> {
  const reason = await new Promise<string | undefined>((resolve) => {
    const call = (isSecure ? https : http)({
      ...options,
      path: `/slow?${plan.seconds}`,
      agent: isKept ? kept : false,
      signal: AbortSignal.timeout(plan.seconds * 1000 + PATIENCE),
    });
    call.on('response', (response) => {
      response.on('error', ({ message }) => resolve(message));
      response.on('end', () =>
        resolve(response.statusCode === 200 ? undefined : String(response.statusCode)),
      );
      response.resume();
    });
    call.on('error', ({ message }) => resolve(message));
    call.end();
  });
  if (reason === undefined) answers += 1;
  else unanswered.push(reason);
}

async function keepOneOpen(): Promise<void> {
  while (!stopping) {
    try {
      await useSocket(await WebSocketVisitor.open({ ...options, path: '/socket' }, isSecure));
    } catch (error) {
      refused.push((error as Error).message);
      await sleep(FRAME_PAUSE);
    }
  }
}

/** Resolves when it has ended, or when nobody needs it any more. */
async function useSocket(socket: WebSocketVisitor): Promise<void> {
  const life: SocketLife = { opened: Date.now() };
  sockets.push(life);
  try {
    for (; !stopping; await sleep(FRAME_PAUSE)) await socket.echo('still here?');
  } catch {
    life.ended = Date.now();
  } finally {
    socket.close();
  }
}
