import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../lab/network/certificate';

describe('the lab’s certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-certificates-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('let a client that trusts the lab’s authority, and no other, talk to the API', async () => {
    const { authority, api } = await makeCertificates(folder);
    const server = createServer(
      { key: readFileSync(api.key), cert: readFileSync(api.certificate) },
      (_, response) => response.end('hello'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (servername: string, ca?: Buffer) =>
      new Promise((resolve) => {
        get({ host: '127.0.0.1', port, servername, ca, agent: false }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
    const ca = readFileSync(authority.certificate);
    expect(await ask('api.digitalocean.com', ca)).toBe(200);
    expect(await ask('www.example.org', ca)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await ask('api.digitalocean.com')).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    await new Promise((resolve) => server.close(resolve));
  });

  test('keep their keys to their owner, and the authority over restarts', async () => {
    const first = await makeCertificates(folder);
    const authority = readFileSync(first.authority.certificate, 'utf8');
    const second = await makeCertificates(folder);
    expect(readFileSync(second.authority.certificate, 'utf8')).toBe(authority);
    for (const key of [second.authority.key, second.api.key]) expect(statSync(key).mode & 0o777).toBe(0o600);
  });
});
