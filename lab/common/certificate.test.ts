import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificates } from './certificate';

/** What each client gets from an HTTPS server with this certificate: the status, or its own objection. */
async function answersOf(own: Certificate, clients: { servername: string; ca?: Buffer }[]) {
  const options = { key: readFileSync(own.key), cert: readFileSync(own.certificate) };
  const server = createServer(options, (_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (client: object) =>
    new Promise((resolve) => {
      get({ host: '127.0.0.1', port, agent: false, ...client }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'UNSPECIFIED' ? error.message : error.code),
      );
    });
  const answers = await Promise.all(clients.map(ask));
  await new Promise((resolve) => server.close(resolve));
  return answers;
}

describe('the lab’s certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-certificates-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('let a client that trusts the lab’s authority, and no other, talk to the API', async () => {
    const { authority, api } = await makeCertificates(folder);
    const ca = readFileSync(authority.certificate);
    const answers = await answersOf(api, [
      { servername: 'api.digitalocean.com', ca },
      { servername: 'www.example.org', ca },
      { servername: 'api.digitalocean.com' },
    ]);
    expect(answers).toEqual([200, 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);
  });

  test('are good for the other hosts that a lab stands for, and for no host besides', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const { authority, others } = await makeCertificates(elsewhere, ['registry.example.com', 'ghcr.io']);
    if (!others) throw new Error('There is no certificate for the other hosts.');
    const ca = readFileSync(authority.certificate);
    const names = ['registry.example.com', 'ghcr.io', 'api.digitalocean.com'];
    expect(
      await answersOf(
        others,
        names.map((servername) => ({ servername, ca })),
      ),
    ).toEqual([200, 200, 'ERR_TLS_CERT_ALTNAME_INVALID']);
    expect((await makeCertificates(folder)).others).toBeUndefined();
    // Its authority was made for DigitalOcean alone.
    const forged = await makeCertificates(folder, ['registry.example.com']);
    const trusted = readFileSync(forged.authority.certificate);
    expect(
      await answersOf(forged.others ?? others, [{ servername: 'registry.example.com', ca: trusted }]),
    ).toEqual(['permitted subtree violation']);
  });

  test('are good for all names below one whose first part is a star', async () => {
    const names = ['fra1.digitaloceanspaces.com', '*.fra1.digitaloceanspaces.com'];
    const { authority, others } = await makeCertificates(join(folder, 'spaces'), names);
    if (!others) throw new Error('There is no certificate for Spaces.');
    const ca = readFileSync(authority.certificate);
    const asked = [
      'fra1.digitaloceanspaces.com',
      'a.fra1.digitaloceanspaces.com',
      'ams3.digitaloceanspaces.com',
    ];
    const clients = asked.map((servername) => ({ servername, ca }));
    expect(await answersOf(others, clients)).toEqual([200, 200, 'ERR_TLS_CERT_ALTNAME_INVALID']);
  });

  test('keep their keys to their owner, and the authority over restarts', async () => {
    const first = await makeCertificates(folder);
    const authority = readFileSync(first.authority.certificate, 'utf8');
    const second = await makeCertificates(folder);
    expect(readFileSync(second.authority.certificate, 'utf8')).toBe(authority);
    for (const key of [second.authority.key, second.api.key]) expect(statSync(key).mode & 0o777).toBe(0o600);
  });
});
