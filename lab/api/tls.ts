import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, makeServerCertificate, pair } from '../common/certificate';

/** A key and a certificate, as PEM. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a certificate for names and IP addresses, and writes that of the authority which signed it to a file. The
 * authority signs nothing else: its key is kept nowhere.
 *
 * @throws Error of one sentence when openssl is missing or the file can't be written
 */
export async function makeTls(names: readonly string[], authorityFile: string): Promise<Tls> {
  const folder = await mkdtemp(join(tmpdir(), 'digitalocean-lab-'));
  try {
    const [authority, server] = [pair(folder, 'authority'), pair(folder, 'server')];
    await makeAuthority(authority, names);
    await makeServerCertificate(authority, server, names);
    await copyFile(authority.certificate, authorityFile);
    return { key: await readFile(server.key, 'utf8'), cert: await readFile(server.certificate, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
