import { Explained } from '../deployment/explained';
import { UserError } from '../user-error';
import { Api } from './api';
import { check } from './check';
import type { Finding } from './finding';
import { synthesized } from './synthesized';

/** `npm run check`: before anything is created a deploy knows whether it can. */
async function main([stack]: readonly string[]): Promise<boolean> {
  const { env } = process;
  const url = (env.DIGITALOCEAN_API_URL || 'https://api.digitalocean.com').replace(/\/+$/, '');
  if (!/^https?:\/\/[^/\s]+$/.test(url)) {
    throw new UserError([
      `DIGITALOCEAN_API_URL: "${url}" is not an address; one looks like http://127.0.0.1:8080`,
    ]);
  }
  // In the order in which Terraform's provider looks for it.
  const variable = env.DIGITALOCEAN_TOKEN ? 'DIGITALOCEAN_TOKEN' : 'DIGITALOCEAN_ACCESS_TOKEN';
  const token = env[variable];
  if (!token) {
    throw new UserError(['DIGITALOCEAN_TOKEN: is not set; it is the deploy token that README describes']);
  }
  const reservedIpToken = env.TF_VAR_reserved_ip_token;
  return check(
    new Api(url, token, variable),
    reservedIpToken ? new Api(url, reservedIpToken, 'TF_VAR_reserved_ip_token') : undefined,
    synthesized(stack),
    print,
  );
}

function print({ status, subject, text }: Finding): void {
  console.log(`${status.padEnd(8)} ${subject}: ${text}`);
}

main(process.argv.slice(2))
  .then((isFine) => {
    process.exitCode = isFine ? 0 : 1;
  })
  .catch((error: Error) => {
    if (error instanceof UserError) {
      console.error(error.message);
    } else if (!(error instanceof Explained)) {
      throw error;
    }
    process.exitCode = 1;
  });
