import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { endWithNpm } from '../common/end-with-npm';
import { Events } from '../common/events';
import { readJsonFile } from '../common/json-file';
import type { AccountOptions } from './account/account-options';
import { isRegion, isSize } from './catalogue/catalogue';
import { sellFile } from './catalogue/catalogue-file';
import { faultSchema } from './server/faults';
import type { Token } from './server/scopes';
import { startApi } from './start-api';
import { makeTls } from './tls';

export interface AloneOptions {
  /** 0 is any free one. */
  readonly port: number;
  /** Address of this machine that it listens on. @default 127.0.0.1 */
  readonly host?: string;
  /** Names under which clients reach it, besides IP addresses, localhost and names without a dot. @default none */
  readonly names?: readonly string[];
  /** Web pages that may call. @default none */
  readonly origins?: readonly string[];
  /** That may do everything. @default a random one, which is told */
  readonly token?: string;
  /** More tokens, each with its scopes. @default none */
  readonly tokens?: readonly Token[];
  /** Serve HTTPS, and write the certificate of the authority that clients have to trust to this file. @default HTTP */
  readonly tlsAuthority?: string;
  /** Milliseconds that each action takes. @default 1000, 0 for destroying a droplet */
  readonly actionTime?: number;
  /** JSON file with faults that are set from the start. @default none */
  readonly faultsFile?: string;
  /** JSON file with regions, sizes and images that are sold besides. @default none */
  readonly catalogueFile?: string;
  /** Where the account survives. @default it is gone with the process */
  readonly stateFile?: string;
  /** Refuse more than DigitalOcean's 250 calls a minute and 5,000 an hour. @default false */
  readonly rateLimits?: boolean;
  /** Refuse unknown keys, and numbers and booleans as texts. @default false */
  readonly isStrict?: boolean;
  /** What differs from the account that the lab has else. */
  readonly account?: Partial<AccountOptions>;
}

/**
 * Serves the API by itself until Ctrl-C (or SIGTERM), or the end of the npm that started it: records only, without root.
 * Rejects with one sentence when an address can't be had or a file is not what it should be.
 */
export async function runApiAlone(options: AloneOptions): Promise<void> {
  const { port, host = '127.0.0.1', names = [], tlsAuthority, actionTime, catalogueFile } = options;
  if (catalogueFile !== undefined) sellFile(catalogueFile);
  for (const slug of options.account?.soldOut ?? []) requireSold(slug);
  if (options.stateFile !== undefined) requireFile('state', options.stateFile);
  if (tlsAuthority !== undefined) requireFile('tls', tlsAuthority);
  const token = options.token || `dop_v1_${randomBytes(32).toString('hex')}`;
  const tls = tlsAuthority === undefined ? undefined : await makeTls(certified(host, names), tlsAuthority);
  const api = await startApi({
    ...{ token, tokens: options.tokens, stateFile: options.stateFile, account: options.account },
    ...{ hosts: names, origins: options.origins, isStrict: options.isStrict },
    listen: [{ port, host, tls }],
    faults: options.faultsFile === undefined ? [] : readJsonFile(options.faultsFile, z.array(faultSchema)),
    ...(actionTime === undefined ? {} : { actionTime: () => actionTime }),
    rateLimits: options.rateLimits ? undefined : 'off',
    events: tellingOfIgnored(),
  });
  console.log(welcome(api.url, options.token ? '<the token>' : token, tlsAuthority));
  await new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
    endWithNpm(end);
  });
  await api.close();
}

/** @throws Error of one sentence for what nobody could buy anyhow */
function requireSold(slug: string): void {
  if (!isRegion(slug) && !isSize(slug))
    throw new Error(`--sold-out: there is neither a region nor a size "${slug}".`);
}

/** @throws Error of one sentence where there can be no such file */
function requireFile(option: string, file: string): void {
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw new Error(`--${option}: there is no folder ${folder} for that file.`);
  if (existsSync(file) && statSync(file).isDirectory())
    throw new Error(`--${option}: ${file} is a folder; name a file.`);
}

/** What the certificate is good for. */
const certified = (host: string, names: readonly string[]) => [
  ...new Set(['localhost', '127.0.0.1', '::1', ...(isWildcard(host) ? [] : [host]), ...names]),
];
const isWildcard = (host: string) => isIP(host) > 0 && /^[0:.]+$/.test(host) && host !== '::1';

function welcome(url: string, token: string, authority: string | undefined): string {
  const trust =
    authority === undefined
      ? []
      : [
          `Clients have to trust ${resolve(authority)}; most of them do with one of`,
          `  export SSL_CERT_FILE=${resolve(authority)} REQUESTS_CA_BUNDLE=${resolve(authority)} NODE_EXTRA_CA_CERTS=${resolve(authority)}`,
        ];
  return [
    `DigitalOcean's API is at ${url}; point a client at it with`,
    `  export DIGITALOCEAN_API_URL=${url} DIGITALOCEAN_TOKEN=${token}`,
    ...trust,
  ].join('\n');
}

/** Says on standard error what clients send that DigitalOcean's API does not have. */
function tellingOfIgnored(): Events {
  const events = new Events();
  events.on((event) => {
    if (event.kind === 'api' && event.ignored)
      console.error(`${event.method} ${event.path}: ignored ${event.ignored.join(', ')}`);
  });
  return events;
}
