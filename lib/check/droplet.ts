import { accountOf } from './account';
import type { Api } from './api';
import { type Finding, ok, problem, problemsOr } from './finding';
import type { Synthesized } from './synthesized';

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
}

export const dropletsOf = (api: Api) => api.all<Droplet>('/droplets', 'droplets');

/** Our tags on a droplet, whatever the case of their letters: DigitalOcean tells none apart by it. */
export function ourTags({ needs }: Synthesized, { tags }: { readonly tags: readonly string[] }): string[] {
  const ours = new Set(needs.tags.map((tag) => tag.toLowerCase()));
  return tags.filter((tag) => ours.has(tag.toLowerCase()));
}

function looksLikeOurs(stack: Synthesized, droplet: Droplet): boolean {
  const isNamed = stack.needs.droplets.some(({ name }) => name === droplet.name);
  return isNamed && ourTags(stack, droplet).length > 0;
}

function isOurs(stack: Synthesized, droplet: Droplet): boolean {
  return stack.deployed.has('droplet', droplet.id, looksLikeOurs(stack, droplet));
}

/** A deployment that was killed in the moment in which DigitalOcean made a droplet has left it: its state knows the others. */
function isLeftOver(stack: Synthesized, droplet: Droplet): boolean {
  return looksLikeOurs(stack, droplet) && stack.deployed.knows('droplet') && !isOurs(stack, droplet);
}

/** A sentence for each droplet that a killed deployment has left. */
export async function leftOvers(api: Api, stack: Synthesized): Promise<string[]> {
  const left = (await dropletsOf(api)).filter((droplet) => isLeftOver(stack, droplet));
  return left.map(
    ({ name, id }) =>
      `droplet ${name} (${id}) was left by a deployment that was killed: Terraform does not know it, and nobody uses it; \`doctl compute droplet delete ${id}\` removes it`,
  );
}

/** The limit of the account against what the stack needs at its fullest: while a change replaces all that it may. */
export async function checkDropletLimit(api: Api, stack: Synthesized): Promise<Finding[]> {
  const [account, all] = await Promise.all([accountOf(api), dropletsOf(api)]);
  const others = all.filter((droplet) => !isOurs(stack, droplet)).length;
  const needed = stack.needs.droplets.length;
  const most = needed + stack.needs.droplets.filter(({ isDoubled }) => isDoubled).length;
  const limit = account?.droplet_limit ?? 0;
  const says = `the account may have ${limit} droplets and has ${others} besides this stack's, which are ${needed}, and ${most} while a change replaces them`;
  if (limit >= others + most) {
    return [ok('droplet limit', says)];
  }
  return [
    problem(
      'droplet limit',
      `${says}; ask DigitalOcean for ${others + most} or more (control panel, Settings)`,
    ),
  ];
}

/** Firewalls and alerts find droplets by tag, in the whole account. */
export async function checkTags(api: Api, stack: Synthesized): Promise<Finding[]> {
  const foreign = (await dropletsOf(api)).filter(
    (droplet) => ourTags(stack, droplet).length > 0 && !isOurs(stack, droplet) && !isLeftOver(stack, droplet),
  );
  const problems = foreign.map(
    (droplet) =>
      `droplet ${droplet.name} (${droplet.id}) carries ${ourTags(stack, droplet).join(', ')} and is not of this deployment: the firewalls would close it; take the tag from it, or deploy from where its state file is`,
  );
  const left = await leftOvers(api, stack);
  return problemsOr('tags', [...left, ...problems], 'no other droplet carries one of this stack');
}
