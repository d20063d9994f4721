import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackageCache } from './package-cache';

const INDEX = '/debian/dists/trixie/InRelease';
const PACKAGE = '/debian/pool/main/n/nginx/nginx_1.26.3-3+deb13u1_amd64.deb';
const MODIFIED = 'Sat, 05 Sep 2026 10:00:00 GMT';

describe('the package cache', () => {
  /** Stands for the archive: curl asks it, since it is told that it is a proxy. */
  let archive: Server;
  let asked: string[] = [];
  let files: Record<string, string>;
  let directory: string;
  let cache: PackageCache;
  let url: string;

  beforeEach(async () => {
    asked = [];
    files = { [INDEX]: 'index', [PACKAGE]: 'package' };
    archive = createServer((request, response) => {
      const path = new URL(request.url ?? '').pathname;
      asked.push(path);
      const content = files[path];
      if (content === 'broken') response.writeHead(200, { 'content-length': 100 }).write('half');
      if (content === 'broken') setTimeout(() => response.destroy(), 50);
      else if (content === undefined) response.writeHead(404).end();
      else setTimeout(() => response.writeHead(200, { 'last-modified': MODIFIED }).end(content), 50);
    });
    await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
    process.env.http_proxy = `http://127.0.0.1:${(archive.address() as AddressInfo).port}`;
    directory = await mkdtemp(join(tmpdir(), 'package-cache-'));
    cache = new PackageCache(directory);
    url = `http://127.0.0.1:${await cache.listen({ host: '127.0.0.1', port: 0 })}`;
  });
  afterEach(async () => {
    delete process.env.http_proxy;
    await cache.close();
    archive.close();
    archive.closeAllConnections();
    await rm(directory, { recursive: true });
  });

  const get = async (path: string, headers = {}) => {
    const response = await fetch(url + path, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };

  test('fetches a file once, however many ask for it at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => get(PACKAGE)));
    expect(answers.map(({ text }) => text)).toEqual(['package', 'package', 'package']);
    expect(asked).toEqual([PACKAGE]);
  });

  test('serves what it has when the archive is gone, with its date', async () => {
    await get(INDEX);
    archive.close();
    archive.closeAllConnections();
    const { text, headers } = await get(INDEX);
    expect(text).toBe('index');
    expect(headers.get('last-modified')).toBe(MODIFIED);
    expect((await get(INDEX, { 'if-modified-since': MODIFIED })).status).toBe(304);
  });

  test('says why when a file can not be had, and keeps no half of it', async () => {
    files[PACKAGE] = 'broken';
    const { status, text } = await get(PACKAGE);
    expect([status, text]).toEqual([502, expect.stringContaining("can't be fetched")]);
    expect(cache.problem).toBe(text.trim());
    expect((await readdir(directory, { recursive: true })).filter((file) => file.includes('.deb'))).toEqual(
      [],
    );
  });

  test('fetches the index anew once a package of it is gone from the archive', async () => {
    await get(INDEX);
    files[INDEX] = 'newer index';
    expect((await get(INDEX)).text).toBe('index');
    expect((await get('/debian/pool/main/o/old/old_1_all.deb')).status).toBe(404);
    expect((await get(INDEX)).text).toBe('newer index');
  });

  test.each([
    '/etc/passwd',
    '/debian/../../etc/passwd',
    '/debian/pool/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/ubuntu/dists/noble/InRelease',
    '/debian/dists/',
  ])('serves nothing but the archive: not %s', async (path) => {
    expect((await get(path)).status).toBe(404);
    expect(asked).toEqual([]);
  });
});
