import { Explained } from '../commands/explained';
import { choose, synthesize } from '../commands/synthesis';
import { UserError } from '../user-error';
import { Api } from './api';
import { check } from './check';
import type { Finding } from './finding';
import { synthesized } from './synthesized';

/** `npm run check`: before anything is created a deploy knows whether it can. */
async function main([stack]: readonly string[]): Promise<boolean> {
  const api = Api.ofDeployer();
  if (!api) {
    throw new UserError(['DIGITALOCEAN_TOKEN: is not set; it is the deploy token that README describes']);
  }
  const { file, folder } = choose(synthesize(), stack, 'check');
  return check(api, Api.by('TF_VAR_reserved_ip_token'), synthesized(file, folder), print);
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
