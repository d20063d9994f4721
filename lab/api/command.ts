import { type Command, InvalidArgumentError, Option } from 'commander';
import { portNumber, wholeNumber } from '../common/options';

/** The command that serves the API alone; what serves it is loaded when it runs. */

const CLIENTS = `
Terraform reads DIGITALOCEAN_API_URL and DIGITALOCEAN_TOKEN, doctl DIGITALOCEAN_API_URL and
DIGITALOCEAN_ACCESS_TOKEN; godo takes SetBaseURL. pydo sends its token over HTTPS only, so use --tls, or give
it as a header:
  Client(token, endpoint=url, authentication_policy=HeadersPolicy({"Authorization": f"Bearer {token}"}))

A faults file is a list such as
  [{ "call": "POST /v2/droplets", "kind": "429", "retryAfter": 7, "times": 3 }]
and the same can be set while it runs: POST, GET and DELETE /_lab/faults. GET /_lab/account gives the whole
account, PUT /_lab/account loads one, DELETE /_lab/account begins anew. PUT /_lab/droplets/ID/health with
{ "healthy": false } is what load balancers then find. These need the full token.`;

export function addApiCommand(program: Command): void {
  program
    .command('api')
    .description("DigitalOcean's API alone, without root: records only, nothing boots")
    .addHelpText('after', CLIENTS)
    .option('-p, --port <port>', 'where it listens; 0 is any free port', portNumber, 8080)
    .option('--host <address>', 'address of this machine that it listens on', '127.0.0.1')
    .option(
      '--name <host...>',
      'names under which clients reach it, besides IP addresses, localhost and names without a dot',
    )
    .option('--origin <origin...>', 'web pages that may call it, such as http://localhost:3000', origins)
    .option('--tls <file>', 'serve HTTPS; the certificate of the authority to trust is written to this file')
    .option(
      '-t, --token <token>',
      'that may do everything; by default a random one, which is told',
      word,
      process.env.DIGITALOCEAN_TOKEN,
    )
    .option(
      '--scoped-token <token=scopes...>',
      'one more token and what it may do: reader=droplet:read,image:read',
      scopedToken,
    )
    .option('--action-time <milliseconds>', 'that each action takes; 0 is none at all', wholeNumber)
    .option('--faults <file>', 'JSON file with calls that fail, as said below')
    .option(
      '--catalogue <file>',
      "JSON file with more regions, sizes and images, as DigitalOcean's API lists them",
    )
    .option('--state <file>', 'where the account survives; by default it is gone with the process')
    .option('--strict', 'refuse what DigitalOcean ignores: unknown keys, and numbers and booleans as texts')
    .option('--rate-limits', "refuse more calls than DigitalOcean's 250 a minute and 5,000 an hour")
    .option('--droplet-limit <count>', 'droplets that the account may have, such as 3 or 10', wholeNumber)
    .option('--reserved-ip-limit <count>', 'Reserved IPs that the account may have', wholeNumber)
    .option('--verified-email <address...>', 'the only addresses that alerts may go to', addresses)
    .option('--sold-out <slug...>', 'regions and sizes that are not to be had')
    .option('--new-account', "no region has its default VPC: its first VPC becomes it, and can't be deleted")
    .addOption(
      new Option('--account-status <status>', 'how DigitalOcean sees the account').choices([
        'active',
        'warning',
        'locked',
      ]),
    )
    .action(async ({ port, host, token, state, rateLimits, ...more }) => {
      const { runApiAlone } = await import('./standalone');
      await runApiAlone({
        ...{ port, host, token, rateLimits, stateFile: state, isStrict: more.strict },
        ...{ names: more.name, origins: more.origin, tlsAuthority: more.tls, tokens: more.scopedToken },
        ...{ actionTime: more.actionTime, faultsFile: more.faults, catalogueFile: more.catalogue },
        account: {
          dropletLimit: more.dropletLimit,
          reservedIpLimit: more.reservedIpLimit,
          verifiedEmails: more.verifiedEmail,
          soldOut: more.soldOut,
          isNew: more.newAccount,
          status: more.accountStatus,
        },
      });
    });
}

function word(text: string): string {
  if (!/^\S+$/.test(text)) throw new InvalidArgumentError('It must be a word.');
  return text;
}

/** Collects what an option is given, each time in one form. */
const each =
  (form: RegExp, like: string) =>
  (text: string, before: readonly string[] = []): readonly string[] => {
    if (!form.test(text)) throw new InvalidArgumentError(`It must be like ${like}.`);
    return [...before, text];
  };
const origins = each(/^https?:\/\/[^/\s]+$/, 'http://localhost:3000');
const addresses = each(/^[^@\s]+@[^@\s]+$/, 'ops@example.com');

const SCOPE = '(?:\\*|read|write|[a-z0-9_]+:[a-z_]+)';
const SCOPED = new RegExp(`^([^=\\s]+)=(${SCOPE}(?:,${SCOPE})*)$`);

function scopedToken(text: string, before: readonly object[] = []): readonly object[] {
  const [, token, scopes] = SCOPED.exec(text) ?? [];
  if (token === undefined || scopes === undefined)
    throw new InvalidArgumentError('It must be like reader=droplet:read,image:read.');
  return [...before, { token, scopes: scopes.split(',') }];
}
