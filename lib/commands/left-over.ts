import { Api } from '../check/api';
import { leftOvers } from '../check/droplet';
import { synthesized } from '../check/synthesized';
import type { Stack } from './synthesis';

/** What an earlier deployment left in the account, a sentence for each. An API that does not answer is Terraform's to complain of. */
export async function leftOver({ file, folder }: Stack): Promise<string[]> {
  const api = Api.ofDeployer();
  if (!api) return [];
  const stack = await synthesized(file, folder);
  return leftOvers(api, stack).catch(() => []);
}
