import { Api } from '../check/api';
import { leftOvers } from '../check/droplet';
import { type Synthesized, synthesized } from '../check/synthesized';
import { wayBack } from '../check/way-back';
import type { Stack } from './synthesis';

/** What an earlier deployment left in the account, a sentence for each. */
export const leftOver = (stack: Stack) => told(stack, leftOvers);

/** What to delete of what this deployment left in the account, where there is no room to go back. */
export const inTheWay = (stack: Stack) => told(stack, wayBack);

/** An API that does not answer is Terraform's to complain of. */
async function told(
  { file, folder }: Stack,
  look: (api: Api, stack: Synthesized) => Promise<string[]>,
): Promise<string[]> {
  const api = Api.ofDeployer();
  if (!api) return [];
  const stack = await synthesized(file, folder);
  return look(api, stack).catch(() => []);
}
