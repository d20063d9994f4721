import { AwsClient } from 'aws4fetch';

/** A key of an object store. */
export interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Asks for a path of a store, such as `/foobar-state/key`. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Milliseconds for one answer. */
const TIME_OUT = 10_000;

/** Whoever signs with that key asks so. */
export function askerOf(endpoint: string, key: StoreKey): Ask {
  const client = new AwsClient({ ...key, service: 's3', region: 'us-east-1', retries: 0 });
  return (path, init = {}) =>
    client.fetch(`${endpoint}${path}`, { ...init, signal: AbortSignal.timeout(TIME_OUT) });
}

/** Why there was no answer at all. */
export function silence(endpoint: string, error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  const reason = name === 'TimeoutError' ? `no answer within ${TIME_OUT / 1000} s` : (cause?.code ?? message);
  return `${endpoint} can't be reached: ${reason}`;
}

/** "403 AccessDenied". */
export async function refusal(answer: Response): Promise<string> {
  const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(await answer.text().catch(() => '')) ?? [];
  return `${answer.status} ${code}`.trim();
}
