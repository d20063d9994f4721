import { argumentsOf, type Command } from '../commands/program';
import { choose, placeOf, withStacks } from '../commands/synthesis';
import { UserError } from '../user-error';
import { Api } from './api';
import { check as look } from './check';
import type { Finding } from './finding';
import { synthesized } from './synthesized';

/** `npm run check`: before anything is created a deploy knows whether it can. */
export const check: Command = {
  takes: '',
  does: 'asks DigitalOcean, with DIGITALOCEAN_TOKEN, whether a deployment can work',
  run,
};

/** Resolves to 1 when there is a problem. */
async function run(args: readonly string[]): Promise<number> {
  const [stack] = argumentsOf(args, {}).positionals;
  const api = Api.ofDeployer();
  if (!api) {
    throw new UserError(['DIGITALOCEAN_TOKEN: is not set; it is the deploy token that README describes']);
  }
  const now = await withStacks((stacks) => {
    const { name, file } = choose(stacks, stack, 'check');
    return synthesized(file, placeOf(name).folder);
  });
  const isFine = await look(api, Api.by('TF_VAR_reserved_ip_token'), now, print);
  return isFine ? 0 : 1;
}

function print({ status, subject, text }: Finding): void {
  console.log(`${status.padEnd(8)} ${subject}: ${text}`);
}
