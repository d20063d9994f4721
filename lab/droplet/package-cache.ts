import { createReadStream } from 'node:fs';
import { mkdir, readdir, readlink, rename, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import { dirname, join } from 'node:path';
import { attempt } from '../run';

const ARCHIVE = 'http://deb.debian.org';
const CACHED = /^\/debian(-security)?\/(dists|pool)\/[\w.+~:@-]+(\/[\w.+~:@-]+)*$/;

export interface PackageCache {
  /** The TCP port it listens on; 0 for a unix socket. */
  readonly port: number;
  /** Stops listening; what is on disk stays. */
  close(): Promise<void>;
}

/**
 * Serves Debian's archive from a folder on disk, filled as files are asked for.
 *
 * It answers as `deb.debian.org` does and also as a proxy for it, so it serves both a droplet that resolves the name
 * to it and an apt that is told of it. The index of a suite is kept as it was first fetched until
 * {@link forgetIndex}: every droplet of an image sees the packages that the image was built from (sid changes four
 * times a day), and a warm lab needs no archive at all.
 */
export async function startPackageCache(directory: string, listen: ListenOptions): Promise<PackageCache> {
  const underWay = new Map<string, Promise<boolean>>();
  // Droplets ask for the same file at the same moment: it is fetched once.
  const fetchOnce = (path: string) => {
    const fetching = underWay.get(path) ?? fetchFile(directory, path).finally(() => underWay.delete(path));
    underWay.set(path, fetching);
    return fetching;
  };
  const server = createServer((request, response) => {
    answer(directory, fetchOnce, request, response).catch((error: Error) => {
      response.writeHead(502).end(`${error.message}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(listen, resolve));
  const address = server.address();
  return {
    port: address && typeof address === 'object' ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Lets the next request for a suite's index (such as `trixie`; all by default) fetch it anew. */
export async function forgetIndex(directory: string, suite = ''): Promise<void> {
  for (const archive of ['debian', 'debian-security']) {
    const dists = join(directory, archive, 'dists');
    for (const name of await readdir(dists).catch(() => [])) {
      if (name.startsWith(suite)) await rm(join(dists, name), { recursive: true, force: true });
    }
  }
}

async function answer(
  directory: string,
  fetchOnce: (path: string) => Promise<boolean>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', ARCHIVE).pathname);
  if (request.method !== 'GET' || !CACHED.test(path) || path.includes('/../')) {
    response.writeHead(404).end(`This is a cache of ${ARCHIVE}/debian and /debian-security.\n`);
    return;
  }
  const file = join(directory, path);
  if (!(await exists(file)) && !(await fetchOnce(path))) {
    response.writeHead(404).end(`${ARCHIVE}${path} does not exist.\n`);
    return;
  }
  const { mtime, size } = await stat(file);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  // HTTP dates have whole seconds.
  if (Math.floor(mtime.getTime() / 1000) * 1000 <= since) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-length': size, 'last-modified': mtime.toUTCString() });
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}

/** Fetches a file into the cache, whole or not at all; false when the archive doesn't have it. */
async function fetchFile(directory: string, path: string): Promise<boolean> {
  const file = join(directory, path);
  const part = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  const { status, stdout, stderr } = await attempt([
    ...(await fromTheMachinesNetwork()),
    'curl',
    '--silent',
    '--show-error',
    '--location',
    '--remote-time',
    '--retry',
    '3',
    '--connect-timeout',
    '10',
    '--speed-time',
    '30',
    '--speed-limit',
    '1000',
    '--write-out',
    '%{http_code}',
    '--output',
    part,
    `${ARCHIVE}${encodeURI(path)}`,
  ]);
  const code = stdout.slice(-3);
  if (status === 0 && code === '200') {
    await rename(part, file);
    return true;
  }
  await rm(part, { force: true });
  if (code !== '404')
    throw new Error(`${ARCHIVE}${path} can't be fetched: ${stderr.trim() || `HTTP ${code}`}`);
  return false;
}

/** The lab's own networks lead nowhere, so fetching is done from the network of the machine's first process. */
async function fromTheMachinesNetwork(): Promise<string[]> {
  const [ours, machines] = await Promise.all(
    ['/proc/self/ns/net', '/proc/1/ns/net'].map((link) => readlink(link).catch(() => '')),
  );
  return machines && ours !== machines ? ['nsenter', '--net=/proc/1/ns/net'] : [];
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
