import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export const ADDRESS = '203.0.113.7';

/** What the load balancers' page is: a value as JSON, text that is none, or an HTTP status. */
export type Page = object | string | number;

export interface Passed {
  readonly status: number;
  /** What the gate said, without the seconds. */
  readonly lines: string[];
  readonly reason: string;
  /** URL, Host and login of each question. */
  readonly asked: string[];
}

const CLOCK = join(__dirname, 'clock.js');

export const program = (name: string) => join(__dirname, '../../lib/gate', `${name}.js`);

/**
 * Runs a program of lib/gate/ with the load balancers' page behind a proxy, which is how a test can have the Reserved IP be anything. It
 * waits for nothing but answers: its pauses are over at once, and count for as long as they were to be.
 *
 * @param pages one for each time that it is asked, the last for ever
 * @param environment is what the gate is told
 * @param proxyVariables are made from the proxy's host and port
 * @param options onlyFirstLine: it is ended then, since it would wait for long; log: what is answered to who asks for a droplet's log,
 *   by path and login
 */
export async function atGate(
  name: string,
  pages: readonly Page[],
  environment: Record<string, string>,
  proxyVariables = (proxy: string): Record<string, string> => ({ http_proxy: `http://${proxy}` }),
  { onlyFirstLine = false, log }: { onlyFirstLine?: boolean; log?: (asked: string) => string | number } = {},
): Promise<Passed> {
  const left = [...pages];
  const asked: string[] = [];
  const next = () => (left.length > 1 ? left.shift() : left[0]);
  const server = createServer((request, response) => {
    const ofLog = request.url?.match(/\/-\/log\/.*/);
    if (!ofLog) {
      asked.push(
        `${request.url} ${request.headers.host} ${request.headers['proxy-authorization'] ?? ''}`.trim(),
      );
    }
    const page = ofLog ? (log?.(`${ofLog[0]} ${request.headers.authorization}`) ?? 404) : next();
    if (typeof page === 'number') response.writeHead(page);
    response.end(typeof page === 'string' ? page : JSON.stringify(page));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = {
    ADDRESS,
    ...proxyVariables(`127.0.0.1:${(server.address() as AddressInfo).port}`),
    ...environment,
  };
  try {
    return await new Promise((resolve) => {
      const gate = execFile(
        process.execPath,
        ['--require', CLOCK, program(name)],
        { env },
        (error, stdout, stderr) => {
          const lines = stdout
            .trim()
            .split('\n')
            .map((line) => line.replace(/ \(\d+ s\)$/, ''));
          resolve({ status: error ? Number(error.code ?? 99) : 0, lines, reason: stderr.trim(), asked });
        },
      );
      if (onlyFirstLine) gate.stdout?.once('data', () => gate.kill());
    });
  } finally {
    server.close();
  }
}
