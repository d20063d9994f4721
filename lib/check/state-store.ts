import { randomUUID } from 'node:crypto';
import { Deployed } from './deployed';
import { type Finding, ok, problem, unknown } from './finding';
import { type Ask, askerOf, refusal, silence } from './object-store';

/** Where Terraform keeps the state of a stack, by the S3 protocol. */
export interface StateStore {
  readonly endpoint: string;
  readonly bucket: string;
  readonly key: string;
}

/** What Terraform writes into its lock. */
interface Lock {
  readonly ID?: string;
  readonly Operation?: string;
  readonly Who?: string;
  readonly Created?: string;
}

const SUBJECT = 'state';

const LACKS_LOCK =
  "takes a second writer, so Terraform's lock locks nothing there: deploy from one place alone, such as one job of CI with a concurrency group, or keep the state in another store";

/** The store that a stack's JSON names; undefined when the state is a file. */
export function storeOf(json: {
  readonly terraform?: {
    readonly backend?: { readonly s3?: StateStore & { readonly endpoints?: { readonly s3?: string } } };
  };
}): StateStore | undefined {
  const { bucket, key, endpoints } = json.terraform?.backend?.s3 ?? {};
  return bucket && key ? { bucket, key, endpoint: endpoints?.s3 ?? 'https://s3.amazonaws.com' } : undefined;
}

/** What the state in a store says; unknown where there is no store, no key of it, or no answer. */
export async function deployedBy(store: StateStore | undefined): Promise<Deployed> {
  const ask = store && askerOfState(store);
  if (!ask) return Deployed.UNKNOWN;
  try {
    const answer = await ask(`/${store.key}`);
    if (answer.status === 404) return Deployed.parse('{}'); // never made
    return answer.status === 200 ? Deployed.parse(await answer.text()) : Deployed.UNKNOWN;
  } catch {
    return Deployed.UNKNOWN; // the check of the store says what is wrong with it
  }
}

/** Asks for a path in the bucket of a store; undefined where the environment has no key of it. */
function askerOfState({ endpoint, bucket }: StateStore): Ask | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const ask = askerOf(endpoint, { accessKeyId, secretAccessKey });
  return (path, init) => ask(`/${bucket}${path}`, init);
}

/**
 * Whether a store keeps two deployments apart, which none promises: writes an object that must not exist, twice, and takes it away again.
 * Whether somebody holds the lock now, and whether a lost state could be had back.
 */
export async function checkStateStore(store: StateStore | undefined): Promise<Finding[]> {
  if (!store) return [];
  const ask = askerOfState(store);
  if (!ask) {
    return [
      problem(
        SUBJECT,
        `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; they are a Spaces key that may read and write ${store.bucket} (control panel, Spaces Object Storage, Access Keys)`,
      ),
    ];
  }
  try {
    return [
      await refusesSecondWriter(store, ask),
      ...(await lockOf(store, ask)),
      await keepsVersions(store, ask),
    ];
  } catch (error) {
    return [problem(SUBJECT, silence(store.endpoint, error))];
  }
}

async function refusesSecondWriter({ bucket, key }: StateStore, ask: Ask): Promise<Finding> {
  const path = `/${key}.probe-${randomUUID()}`;
  const write = () => ask(path, { method: 'PUT', body: 'npm run check', headers: { 'If-None-Match': '*' } });
  const first = await write();
  if (first.status !== 200) return problem(SUBJECT, `${bucket} can't be written: ${await refusal(first)}`);
  try {
    const second = await write();
    if (second.status === 412)
      return ok(SUBJECT, `${bucket} refuses a second writer: two deployments are kept apart`);
    if (second.status === 200) return problem(SUBJECT, `${bucket} ${LACKS_LOCK}`);
    return unknown(SUBJECT, `${bucket} answered a second writer with ${await refusal(second)}; try again`);
  } finally {
    await ask(path, { method: 'DELETE' }).catch(() => undefined);
  }
}

async function lockOf({ key }: StateStore, ask: Ask): Promise<Finding[]> {
  const answer = await ask(`/${key}.tflock`);
  if (answer.status !== 200) return [];
  const lock = (await answer.json().catch(() => ({}))) as Lock;
  const { ID = '', Operation = '', Who = 'somebody', Created = '' } = lock;
  return [
    problem(
      SUBJECT,
      `is locked by ${Who} since ${Created} (${Operation}); wait for that, or, if it is dead, \`terraform force-unlock ${ID}\` in the stack's folder`,
    ),
  ];
}

async function keepsVersions({ bucket }: StateStore, ask: Ask): Promise<Finding> {
  const answer = await ask('?versioning');
  if (answer.status !== 200)
    return unknown(SUBJECT, `whether ${bucket} keeps earlier versions: ${await refusal(answer)}`);
  return (await answer.text()).includes('<Status>Enabled</Status>')
    ? ok(SUBJECT, `${bucket} keeps earlier versions`)
    : problem(
        SUBJECT,
        `${bucket} keeps no earlier versions, so a state that is overwritten or deleted is gone; docs/environments.md says how to turn them on`,
      );
}
