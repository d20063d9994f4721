import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import { dirname, join } from 'node:path';
import { attempt } from '../common/run';

const ARCHIVE = 'http://deb.debian.org';
const SERVED = /^\/debian(-security)?\/(dists|pool)(\/[\w+~:@-][\w.+~:@-]*)+$/;

/** What a download may do before it is given up: three attempts, and half a minute of silence in each. */
const CURL = [
  ...['curl', '--silent', '--show-error', '--location', '--remote-time', '--write-out', '%{http_code}'],
  ...['--retry', '2', '--connect-timeout', '10', '--speed-time', '30', '--speed-limit', '1000'],
];

/**
 * Serves Debian's archive from a folder on disk, filled as files are asked for.
 *
 * It answers as `deb.debian.org` does and also as a proxy for it, so it serves both a droplet that resolves the name
 * to it and an apt that is told of it. The index of a suite is kept as it was first fetched until it is forgotten:
 * every droplet of an image sees the packages that the image was built from (sid changes four times a day), and a warm
 * lab needs no archive at all.
 */
export class PackageCache {
  /** Why the last file that could not be fetched could not be fetched. */
  problem: string | undefined;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: Error) => {
      this.problem = error.message;
      response.writeHead(502).end(`${error.message}\n`);
    });
  });
  private readonly underWay = new Map<string, Promise<boolean>>();

  /** @param network path of the network namespace from which the archive can be reached; by default this process's */
  constructor(
    private readonly directory: string,
    private readonly network?: string,
  ) {}

  /** Starts to serve; resolves to the TCP port, or to 0 for a unix socket. */
  async listen(options: ListenOptions): Promise<number> {
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(options, resolve));
    const address = this.server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** Stops to serve; what is on disk stays. */
  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  /** Lets the next request for a suite's index (such as `trixie`; all by default) fetch it anew. */
  async forgetIndex(suite = ''): Promise<void> {
    for (const archive of ['debian', 'debian-security']) {
      const dists = join(this.directory, archive, 'dists');
      for (const name of await readdir(dists).catch(() => [])) {
        if (name.startsWith(suite)) await rm(join(dists, name), { recursive: true, force: true });
      }
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', ARCHIVE).pathname);
    const file = join(this.directory, path);
    if (request.method !== 'GET' || !SERVED.test(path)) {
      response.writeHead(404).end(`This is a cache of ${ARCHIVE}/debian and /debian-security.\n`);
    } else if (existsSync(file) || (await this.fetchOnce(path))) {
      await send(file, request, response);
    } else {
      response.writeHead(404).end(`${ARCHIVE}${path} does not exist.\n`);
    }
  }

  /** Droplets ask for the same file at the same moment. */
  private fetchOnce(path: string): Promise<boolean> {
    const fetching = this.underWay.get(path) ?? this.fetch(path).finally(() => this.underWay.delete(path));
    this.underWay.set(path, fetching);
    return fetching;
  }

  /** Fetches a file into the cache, whole or not at all; false when the archive doesn't have it. */
  private async fetch(path: string): Promise<boolean> {
    const file = join(this.directory, path);
    const part = `${file}.${randomUUID()}.part`; // images that are built at the same time may fetch the same file
    await mkdir(dirname(file), { recursive: true });
    const inNetwork = this.network ? ['nsenter', `--net=${this.network}`] : [];
    const url = `${ARCHIVE}${encodeURI(path)}`;
    const { status, stdout: code, stderr } = await attempt([...inNetwork, ...CURL, '--output', part, url]);
    if (status === 0 && code === '200') {
      await rename(part, file);
      return true;
    }
    await rm(part, { force: true });
    if (code !== '404') throw new Error(`${url} can't be fetched: ${stderr.trim() || `HTTP ${code}`}`);
    // A package that has gone from the archive was superseded: the next `apt-get update` shall learn by what.
    if (path.includes('/pool/')) await this.forgetIndex();
    return false;
  }
}

async function send(file: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { mtime, size } = await stat(file);
  const wholeSeconds = Math.floor(mtime.getTime() / 1000) * 1000;
  if (wholeSeconds <= Date.parse(request.headers['if-modified-since'] ?? '')) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-length': size, 'last-modified': mtime.toUTCString() });
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}
