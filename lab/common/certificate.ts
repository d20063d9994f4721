import { mkdir, stat, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { run } from './run';

/** Paths of PEM files. The keys are readable by their owner alone. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface LabCertificates {
  /** The authority that droplets trust. */
  readonly authority: Certificate;
  /** api.digitalocean.com */
  readonly api: Certificate;
  /** The other hosts; undefined when there are none. */
  readonly others: Certificate | undefined;
}

const API_NAME = 'api.digitalocean.com';
const YEARS_10 = '3650';
/** The mask of one address, by its family. */
const WHOLE: Readonly<Record<number, string>> = {
  4: '255.255.255.255',
  6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};
// Apple and others refuse server certificates that are valid for longer.
const SERVER_DAYS = '397';

/**
 * Makes the lab's own certificate authority in a folder, unless it is there already, and new certificates for the API
 * and for other hosts that the lab stands for. The authority may sign for these only, so that trusting it by mistake does
 * no harm.
 */
export async function makeCertificates(
  folder: string,
  hosts: readonly string[] = [],
): Promise<LabCertificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = pair(folder, 'authority');
  const api = pair(folder, 'api');
  const others = hosts.length > 0 ? pair(folder, 'others') : undefined;
  if (!(await exists(authority.certificate))) await makeAuthority(authority, ['digitalocean.com', ...hosts]);
  await makeServerCertificate(authority, api, [API_NAME]);
  if (others) await makeServerCertificate(authority, others, hosts);
  return { authority, api, others };
}

/** An authority that may sign for these names and addresses only. */
export async function makeAuthority(
  { certificate, key }: Certificate,
  names: readonly string[],
): Promise<void> {
  const permitted = names.map(
    (name) =>
      `permitted;${isIP(name) ? `IP:${name}/${WHOLE[isIP(name)]}` : `DNS:${name.replace(/^\*\./, '')}`}`,
  );
  await newKey(key);
  await run([
    ...['openssl', 'req', '-x509', '-new', '-sha256', '-days', YEARS_10, '-key', key, '-out', certificate],
    ...['-subj', '/CN=digitalocean-lab'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0'],
    ...['-addext', 'keyUsage=critical,keyCertSign'],
    ...['-addext', `nameConstraints=critical,${permitted.join(',')}`],
  ]);
}

export async function makeServerCertificate(
  authority: Certificate,
  { certificate, key }: Certificate,
  names: readonly string[],
): Promise<void> {
  await newKey(key);
  await run([
    ...['openssl', 'req', '-x509', '-sha256', '-days', SERVER_DAYS, '-key', key, '-out', certificate],
    ...['-CA', authority.certificate, '-CAkey', authority.key],
    ...['-subj', `/CN=${names[0]}`],
    ...['-addext', `subjectAltName=${names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',')}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'extendedKeyUsage=serverAuth'],
  ]);
}

async function newKey(path: string): Promise<void> {
  const key = await run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  await writeFile(path, key, { mode: 0o600 });
}

export const pair = (folder: string, name: string): Certificate => ({
  certificate: join(folder, `${name}.crt`),
  key: join(folder, `${name}.key`),
});

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
