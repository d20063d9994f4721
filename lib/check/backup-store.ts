import { randomUUID } from 'node:crypto';
import type { Deployed } from './deployed';
import { type Finding, ok, problem, unknown } from './finding';
import { type Ask, askerOf, refusal, type StoreKey, silence } from './object-store';

/** Where the copies of the database lie. */
export interface BackupStore {
  readonly endpoint: string;
  readonly bucket: string;
  /** The stack's folder in it. */
  readonly prefix: string;
}

const SUBJECT = 'backups';

/** The store that a stack's database droplet is told of; undefined when it makes no copies. */
export function backupStoreOf(json: object): BackupStore | undefined {
  const told = /BACKUP_REPOSITORY=s3:(https:\/\/[^/\\]+)\/([a-z0-9-]+)\/([a-z0-9-]+)/.exec(
    JSON.stringify(json),
  );
  const [, endpoint = '', bucket = '', prefix = ''] = told ?? [];
  return told ? { endpoint, bucket, prefix } : undefined;
}

/**
 * What the database droplet's key may do, and so whoever is root there: found out by doing it, to an object that is taken away again.
 *
 * @param deployed has the key, unless it is a variable
 */
export async function checkBackupStore(
  store: BackupStore | undefined,
  deployed: Deployed,
): Promise<Finding[]> {
  if (!store) return [];
  const key = keyOf(deployed);
  if (!key) {
    const where = deployed.isKnown
      ? 'the deployment makes it; check again afterwards'
      : 'it is in a state that is not known here';
    return [
      unknown(SUBJECT, `what the droplet's key of ${store.bucket} may do can't be tried yet: ${where}`),
    ];
  }
  const ask = askerOf(store.endpoint, key);
  try {
    return [...(await uses(store, ask)), await staysThere(store, ask)];
  } catch (error) {
    return [problem(SUBJECT, silence(store.endpoint, error))];
  }
}

/** By the variables of another server than Spaces, else the one that Terraform has made. */
function keyOf(deployed: Deployed): StoreKey | undefined {
  const { TF_VAR_backup_access_key: access, TF_VAR_backup_secret_key: secret } = process.env;
  if (access && secret) return { accessKeyId: access, secretAccessKey: secret };
  const [made] = deployed.all('spaces_key');
  if (!made?.access_key || !made.secret_key) return undefined;
  return { accessKeyId: `${made.access_key}`, secretAccessKey: `${made.secret_key}` };
}

/** What copies need of it, and what else it can do with its own bucket. */
async function uses({ bucket, prefix }: BackupStore, ask: Ask): Promise<Finding[]> {
  const list = await ask(`/${bucket}?list-type=2&max-keys=1`);
  if (!list.ok) return [problem(SUBJECT, `the droplet's key can't list ${bucket}: ${await refusal(list)}`)];
  const name = `${prefix}/probe-${randomUUID()}`;
  const path = `/${bucket}/${name}`;
  const write = (headers: Record<string, string> = {}) =>
    ask(path, { method: 'PUT', body: 'npm run check', headers });
  const first = await write();
  if (!first.ok)
    return [problem(SUBJECT, `the droplet's key can't write to ${bucket}: ${await refusal(first)}`)];
  const read = await ask(path);
  const second = await write({ 'If-None-Match': '*' });
  const gone = await ask(path, { method: 'DELETE' });
  return [
    read.ok
      ? ok(SUBJECT, `the droplet's key lists, reads and writes ${bucket}`)
      : problem(SUBJECT, `the droplet's key can't read from ${bucket}: ${await refusal(read)}`),
    await overwrites(bucket, second),
    await deletes(bucket, gone),
    await forgets(bucket, name, ask),
  ];
}

async function overwrites(bucket: string, second: Response): Promise<Finding> {
  if (second.status === 412)
    return ok(SUBJECT, `${bucket} refuses a second object of the same name to who asks for that`);
  if (second.status === 200)
    return ok(
      SUBJECT,
      `${bucket} takes a second object of the same name even from who asks it not to; copies don't rest on it`,
    );
  return unknown(
    SUBJECT,
    `${bucket} answered a second object of the same name with ${await refusal(second)}`,
  );
}

async function deletes(bucket: string, answer: Response): Promise<Finding> {
  return answer.ok
    ? ok(
        SUBJECT,
        `the droplet's key deletes, which keeping copies for so many days needs: so may whoever is root on the database droplet; docs/backups.md says what is against it`,
      )
    : problem(
        SUBJECT,
        `the droplet's key can't delete from ${bucket}, so copies that are too old stay, and so do locks: ${await refusal(answer)}`,
      );
}

/** Whether what is deleted can be had back, also from who may delete. Takes all of the probe away. */
async function forgets(bucket: string, name: string, ask: Ask): Promise<Finding> {
  const list = await ask(`/${bucket}?versions&prefix=${name}`);
  if (!list.ok) return unknown(SUBJECT, `whether ${bucket} keeps earlier versions: ${await refusal(list)}`);
  const versions = [...(await list.text()).matchAll(/<VersionId>([^<]+)</g)].map(([, id]) => id);
  if (versions.length === 0)
    return problem(
      SUBJECT,
      `${bucket} keeps no earlier versions, so what is deleted there is gone; docs/backups.md says how to turn them on`,
    );
  for (const version of versions) {
    const answer = await ask(`/${bucket}/${name}?versionId=${version}`, { method: 'DELETE' });
    if (!answer.ok)
      return ok(SUBJECT, `${bucket} keeps earlier versions, which the droplet's key can't delete`);
  }
  return ok(
    SUBJECT,
    `${bucket} keeps earlier versions, and the droplet's key deletes these as well: they stop nobody who has it`,
  );
}

/** Whether it opens any other bucket: of those that it is shown. */
async function staysThere({ bucket }: BackupStore, ask: Ask): Promise<Finding> {
  const all = await ask('/');
  const names = all.ok
    ? [...(await all.text()).matchAll(/<Bucket>.*?<Name>([^<]+)<\/Name>/gs)].map(([, name]) => name)
    : [];
  const opened: string[] = [];
  for (const name of names.filter((name) => name !== bucket))
    if ((await ask(`/${name}?list-type=2&max-keys=1`)).ok) opened.push(name ?? '');
  return opened.length > 0
    ? problem(SUBJECT, `the droplet's key opens ${opened.join(', ')} as well; give it ${bucket} alone`)
    : ok(SUBJECT, `no other bucket that the droplet's key is shown is open to it`);
}
