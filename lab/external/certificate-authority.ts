import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, get, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../common/certificate';
import { until } from '../common/until';
import { inOverlay, OVERLAY_FOLDERS } from '../image/chroot';
import { type BuildOptions, baseImage, packageLayer } from '../image/images';
import { AUTHORITY, CLIENT, RESOLVERS } from '../network/addresses';
import { clientOf } from '../network/link-names';
import { inside } from '../network/namespace';

const IMAGE = 'debian-13-x64';
const READY_WITHIN = 10_000;
const DAY = 86_400;
/** Pebble, in the client's network: it looks at the site from out in the world, as an authority does. */
const PEBBLE = { host: CLIENT.address, port: 14_000 };
const MANAGEMENT = { host: CLIENT.address, port: 15_000 };
const PEBBLE_DIRECTORY = '/dir';
/**
 * Pebble makes a certificate while it answers that it will. When the client asks for it in that moment the two can block each other,
 * and pebble for good; so it is told only when pebble has written that it is made, and a little later. Milliseconds.
 */
const ISSUING = { path: '/finalize-order/', within: 10_000, time: 250 };

/** The certificate authority that a stack asks, by the URL of its ACME directory. */
export interface AuthoritySpec {
  readonly host: string;
  /** Such as /directory */
  readonly path: string;
}

export interface AuthorityOptions {
  readonly lab: string;
  readonly spec: AuthoritySpec;
  /** A folder of the authority's own. */
  readonly directory: string;
  /** Good for the authority's host. */
  readonly certificate: Certificate;
  /** File for what pebble writes. */
  readonly log: string;
  /** How long its certificates are valid, in seconds. @default - 90 days */
  readonly lifetime?: number;
}

/** The authority with this ACME directory. */
export function authorityAt(directory: string): AuthoritySpec {
  const { hostname, pathname } = new URL(directory);
  return { host: hostname, path: pathname };
}

/** The root file system layers with Debian's pebble. Built once per machine. */
export async function authorityLayers(build: BuildOptions = {}): Promise<readonly string[]> {
  return [await packageLayer(IMAGE, 'authority', ['pebble'], build), await baseImage(IMAGE, build)];
}

/**
 * A real ACME server, pebble, in the place of the authority that the stack names. It makes a new root at each start, which no
 * browser trusts: droplets and the lab's clients are told of it.
 *
 * @returns the root's certificate (PEM)
 */
export async function startAuthority(options: AuthorityOptions): Promise<string> {
  await startPebble(options);
  await serveDirectory(options);
  return untilReady(options);
}

async function startPebble({ lab, directory, certificate, log, lifetime }: AuthorityOptions): Promise<void> {
  const root = { directory, layers: await authorityLayers() };
  for (const folder of OVERLAY_FOLDERS)
    await mkdir(join(directory, folder), { recursive: true, mode: 0o700 });
  const files = {
    'certificate.pem': await readFile(certificate.certificate, 'utf8'),
    'key.pem': await readFile(certificate.key, 'utf8'),
    'config.json': JSON.stringify(configuration(lifetime ?? 90 * DAY)),
  };
  await mkdir(join(directory, 'upper/authority'), { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, 'upper/authority', name), content, { mode: 0o600 });
  }
  const serve = ['pebble', '-config', '/authority/config.json', '-dnsserver', `${RESOLVERS[0]}:53`];
  // Without the pauses and refusals by which it tests clients at random.
  const quick = ['env', 'PEBBLE_VA_NOSLEEP=1', 'PEBBLE_WFE_NONCEREJECT=0', ...serve];
  const [command = '', ...args] = [...inside(clientOf(lab)), ...inOverlay(root, quick, true)];
  const output = openSync(log, 'a', 0o600);
  spawn(command, args, { stdio: ['ignore', output, output] });
}

function configuration(lifetime: number) {
  return {
    pebble: {
      listenAddress: `${PEBBLE.host}:${PEBBLE.port}`,
      managementListenAddress: `${MANAGEMENT.host}:${MANAGEMENT.port}`,
      certificate: '/authority/certificate.pem',
      privateKey: '/authority/key.pem',
      httpPort: 80,
      tlsPort: 443,
      certificateValidityPeriod: lifetime,
      retryAfter: { authz: 1, order: 1 },
    },
  };
}

/** At the authority's own address, and with the path of its directory. */
async function serveDirectory({ spec, certificate, log }: AuthorityOptions): Promise<void> {
  const tls = {
    cert: await readFile(certificate.certificate, 'utf8'),
    key: await readFile(certificate.key, 'utf8'),
  };
  const server = createServer(tls, (incoming, outgoing) => forward({ spec, log }, incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(443, AUTHORITY, resolve);
  });
}

function forward(
  { spec, log }: Pick<AuthorityOptions, 'spec' | 'log'>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const path = incoming.url === spec.path ? PEBBLE_DIRECTORY : incoming.url;
  const { method, headers } = incoming;
  const onward = request({ ...PEBBLE, method, path, headers, rejectUnauthorized: false }, async (answer) => {
    if (path?.startsWith(ISSUING.path) && answer.statusCode === 200) {
      await untilIssued(path.slice(ISSUING.path.length), log);
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', (error) => outgoing.headersSent || outgoing.writeHead(502).end(error.message));
  incoming.pipe(onward);
}

/** Waits until pebble has written that the certificate for an order is made; not for ever. */
async function untilIssued(order: string, log: string): Promise<void> {
  const isIssued = async () => (await readFile(log, 'utf8')).includes(` for order ${order}`);
  for (const start = Date.now(); Date.now() - start < ISSUING.within && !(await isIssued()); )
    await sleep(20);
  await sleep(ISSUING.time);
}

function untilReady({ log }: AuthorityOptions): Promise<string> {
  const otherwise = `The lab's certificate authority does not start; ${log} says why.`;
  return until(() => fetchRoot().catch(() => ''), { within: READY_WITHIN, otherwise });
}

function fetchRoot(): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ ...MANAGEMENT, path: '/roots/0', rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
