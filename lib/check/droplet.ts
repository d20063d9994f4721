import { accountOf } from './account';
import type { Api } from './api';
import { type Finding, ok, problem, problemsOr } from './finding';
import type { Synthesized } from './synthesized';
import { addressesIn } from './zone';

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly volume_ids: readonly string[];
  readonly networks: {
    readonly v4: readonly { readonly ip_address: string; readonly type: 'public' | 'private' }[];
  };
}

export const dropletsOf = (api: Api) => api.all<Droplet>('/droplets', 'droplets');

/** Our tags on a droplet, whatever the case of their letters: DigitalOcean tells none apart by it. */
export function ourTags({ needs }: Synthesized, { tags }: { readonly tags: readonly string[] }): string[] {
  const ours = new Set(needs.tags.map((tag) => tag.toLowerCase()));
  return tags.filter((tag) => ours.has(tag.toLowerCase()));
}

export function looksLikeOurs(stack: Synthesized, droplet: Droplet): boolean {
  const isNamed = stack.needs.droplets.some(({ name }) => name === droplet.name);
  return isNamed && ourTags(stack, droplet).length > 0;
}

function isOurs(stack: Synthesized, droplet: Droplet): boolean {
  return stack.deployed.has('droplet', droplet.id, looksLikeOurs(stack, droplet));
}

/** Ours by name and tags, and unknown to our state, though that knows others. */
function isUnknown(stack: Synthesized, droplet: Droplet): boolean {
  return stack.deployed.knows('droplet') && looksLikeOurs(stack, droplet) && !isOurs(stack, droplet);
}

/** Whether one of these names leads to it. */
export function isLedTo({ networks }: Droplet, names: readonly { readonly data: string }[]): boolean {
  return networks.v4.some(({ ip_address }) => names.some(({ data }) => data === ip_address));
}

/**
 * A sentence for each unknown droplet. One that a deployment left that was killed while DigitalOcean made it is in no name, and has no
 * data. Any other may serve: then it is the state that is wrong.
 */
export async function leftOvers(api: Api, stack: Synthesized): Promise<string[]> {
  if (!stack.deployed.knows('droplet')) return []; // nothing to ask for: a first deployment, or a state that is not known
  const unknown = (await dropletsOf(api)).filter((droplet) => isUnknown(stack, droplet));
  if (unknown.length === 0) return [];
  const names = await addressesIn(api, stack);
  return unknown.map((droplet) => {
    const { name, id, volume_ids } = droplet;
    return volume_ids.length > 0 || isLedTo(droplet, names)
      ? `droplet ${name} (${id}) serves, and this state does not know it: it is old or incomplete; deploy from where the newest one is`
      : `droplet ${name} (${id}) was left by a deployment that was killed: Terraform does not know it, and no name leads to it; \`doctl compute droplet delete ${id}\` removes it`;
  });
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
    (droplet) => ourTags(stack, droplet).length > 0 && !isOurs(stack, droplet) && !isUnknown(stack, droplet),
  );
  const problems = foreign.map(
    (droplet) =>
      `droplet ${droplet.name} (${droplet.id}) carries ${ourTags(stack, droplet).join(', ')} and is not of this deployment: the firewalls would close it; take the tag from it, or deploy from where its state file is`,
  );
  const left = await leftOvers(api, stack);
  return problemsOr('tags', [...left, ...problems], 'no other droplet carries one of this stack');
}
