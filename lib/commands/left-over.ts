import { Api } from '../check/api';
import { leftOvers } from '../check/droplet';
import { synthesized } from '../check/synthesized';
import type { Stack } from './synthesis';

/** What an earlier deployment left in the account, a sentence for each. An API that does not answer is Terraform's to complain of. */
export async function leftOver({ file, folder }: Stack): Promise<string[]> {
  const api = Api.ofDeployer();
  return api ? leftOvers(api, synthesized(file, folder)).catch(() => []) : [];
}
