import { endWithNpm } from '../common/end-with-npm';
import type { AccountOptions } from './account/account-options';
import { startApi } from './start-api';

export interface AloneOptions {
  /** On loopback; 0 is any free one. */
  readonly port: number;
  readonly token: string;
  /** Where the account survives. @default it is gone with the process */
  readonly stateFile?: string;
  /** Refuse more than DigitalOcean's 250 calls a minute and 5,000 an hour. @default false */
  readonly rateLimits?: boolean;
  /** What differs from the account that the lab has else. */
  readonly account?: Partial<AccountOptions>;
}

/**
 * Serves the API by itself until Ctrl-C (or SIGTERM), or the end of the npm that started it: records only, on loopback, without root.
 * Rejects with one sentence when the port is taken.
 */
export async function runApiAlone({
  port,
  token,
  stateFile,
  rateLimits = false,
  account,
}: AloneOptions): Promise<void> {
  const api = await startApi({
    ...{ port, token, stateFile, account },
    rateLimits: rateLimits ? undefined : 'off',
  });
  console.log(`DigitalOcean's API is at ${api.url}; point a client at it with`);
  console.log(`  export DIGITALOCEAN_API_URL=${api.url} DIGITALOCEAN_TOKEN=<the token>`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    endWithNpm(resolve);
  });
  await api.close();
}
