import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../common/run';
import type { Attributes } from '../resource-type';
import type { Attribute, Schema } from '../schema';

/** Names of a subject's parts, by the provider's. */
const SUBJECT: Readonly<Record<string, string>> = {
  country: 'C',
  province: 'ST',
  locality: 'L',
  postal_code: 'postalCode',
  organization: 'O',
  organizational_unit: 'OU',
  common_name: 'CN',
  serial_number: 'serialNumber',
  email_address: 'emailAddress',
};

const KEY_USES: Readonly<Record<string, string>> = {
  digital_signature: 'digitalSignature',
  content_commitment: 'nonRepudiation',
  key_encipherment: 'keyEncipherment',
  data_encipherment: 'dataEncipherment',
  key_agreement: 'keyAgreement',
  cert_signing: 'keyCertSign',
  crl_signing: 'cRLSign',
  encipher_only: 'encipherOnly',
  decipher_only: 'decipherOnly',
};

const EXTENDED_KEY_USES: Readonly<Record<string, string>> = {
  server_auth: 'serverAuth',
  client_auth: 'clientAuth',
  code_signing: 'codeSigning',
  email_protection: 'emailProtection',
  timestamping: 'timeStamping',
  ocsp_signing: 'OCSPSigning',
};

const text = { type: 'string', forcesReplacement: true } as const;
const texts = { type: { list: 'string' }, forcesReplacement: true } as const satisfies Attribute;

/** Who a certificate is for. */
export const identity: Schema = {
  private_key_pem: { ...text, required: true },
  subject: {
    type: { list: { object: Object.fromEntries(Object.keys(SUBJECT).map((name) => [name, 'string'])) } },
    forcesReplacement: true,
  },
  dns_names: texts,
  ip_addresses: texts,
  uris: texts,
  key_algorithm: { type: 'string', readOnly: true },
};

/** How a certificate is signed. */
export const issue: Schema = {
  allowed_uses: { ...texts, required: true },
  is_ca_certificate: { type: 'bool', forcesReplacement: true },
  set_subject_key_id: { type: 'bool', forcesReplacement: true },
  validity_period_hours: { type: 'number', required: true, forcesReplacement: true },
  cert_pem: { type: 'string', readOnly: true },
  ready_for_renewal: { type: 'bool', readOnly: true },
  validity_start_time: { type: 'string', readOnly: true },
  validity_end_time: { type: 'string', readOnly: true },
};

/** What `openssl req` prints, given files by name: none of them outlives it. */
export async function openssl(
  files: Readonly<Record<string, string>>,
  options: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'digitalocean-lab-tls-'));
  try {
    // Nothing but what is asked for: the machine's own configuration has extensions of its own.
    const all = { 'openssl.cnf': '[req]\ndistinguished_name = empty\n[empty]\n', ...files };
    for (const [name, content] of Object.entries(all)) {
      await writeFile(join(folder, name), content, { mode: 0o600 });
    }
    return await run(['openssl', 'req', '-config', 'openssl.cnf', '-utf8', ...options], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function subjectOptions({ subject }: Attributes): string[] {
  const [fields = {}] = (subject ?? []) as readonly Readonly<Record<string, string>>[];
  const parts = Object.entries(SUBJECT)
    .filter(([name]) => fields[name])
    .map(([name, short]) => `/${short}=${String(fields[name]).replace(/[/+\\]/g, '\\$&')}`);
  return ['-subj', parts.join('') || '/'];
}

export function alternativeNameOptions({ dns_names, ip_addresses, uris }: Attributes): string[] {
  const names = [
    ...list(dns_names).map((name) => `DNS:${name}`),
    ...list(ip_addresses).map((address) => `IP:${address}`),
    ...list(uris).map((uri) => `URI:${uri}`),
  ];
  return names.length > 0 ? ['-addext', `subjectAltName=${names.join(',')}`] : [];
}

export function issueOptions(desired: Attributes): string[] {
  const { allowed_uses, is_ca_certificate, set_subject_key_id, validity_period_hours } = desired;
  const unknown = list(allowed_uses).find((use) => !KEY_USES[use] && !EXTENDED_KEY_USES[use]);
  if (unknown) throw new Error(`"${unknown}" is no use that is supported here`);
  const days = Number(validity_period_hours) / 24;
  if (!Number.isInteger(days)) throw new Error('validity_period_hours must be whole days here');
  const keyUses = list(allowed_uses).flatMap((use) => KEY_USES[use] ?? []);
  const extended = list(allowed_uses).flatMap((use) => EXTENDED_KEY_USES[use] ?? []);
  const extensions = [
    `basicConstraints=critical,CA:${is_ca_certificate ? 'TRUE' : 'FALSE'}`,
    ...(keyUses.length > 0 ? [`keyUsage=critical,${keyUses.join(',')}`] : []),
    ...(extended.length > 0 ? [`extendedKeyUsage=${extended.join(',')}`] : []),
    `subjectKeyIdentifier=${is_ca_certificate || set_subject_key_id ? 'hash' : 'none'}`,
  ];
  return ['-days', String(days), ...extensions.flatMap((extension) => ['-addext', extension])];
}

function list(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[];
}
