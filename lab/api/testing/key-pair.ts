import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private key, and a certificate for two names with it, as a certificate is uploaded. */
export function keyPair() {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const names = ['-subj', '/CN=a.test', '-addext', 'subjectAltName=DNS:a.test,DNS:www.a.test'];
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'leaf.pem')];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...key, ...files, ...names], { stdio: 'ignore' });
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { private_key: read('key.pem'), leaf_certificate: read('leaf.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
