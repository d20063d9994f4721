import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SMUGGLING_CASES } from './smuggling';

/**
 * Sends each case once, in the network of the stack's users: `smuggler.ts <address> <url> <word> [<authority>]`, and says what came
 * back. The word begins that of each case.
 */

/** What the site said to one case: the status of each answer on the connection. */
export interface Said {
  readonly name: string;
  readonly word: string;
  readonly statuses: readonly number[];
}

/** No more answers are waited for after so long without one. Milliseconds. */
const SILENCE = 700;

const [address = '', site = '', word = '', authority] = process.argv.slice(2);
const url = new URL(site);

process.on('disconnect', () => process.exit());
sendAll().then((said) => process.send?.(said, () => process.disconnect()));

async function sendAll(): Promise<Said[]> {
  const said: Said[] = [];
  for (const [index, { name, bytes }] of SMUGGLING_CASES.entries()) {
    const own = `${word}-${index}`;
    const answers = await send(Buffer.from(bytes(url.host, own), 'latin1'));
    said.push({
      name,
      word: own,
      statuses: [...answers.matchAll(/^HTTP\/\d\.\d (\d{3})/gm)].map(([, s]) => Number(s)),
    });
  }
  return said;
}

function send(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answers = '';
    const options = { host: address, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
    const socket =
      url.protocol === 'https:'
        ? connectTls({ ...options, servername: url.hostname, ca: authority }, () => socket.write(bytes))
        : connectPlain(options, () => socket.write(bytes));
    socket.setTimeout(SILENCE, () => socket.destroy());
    socket.on('data', (data) => {
      answers += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answers));
  });
}
