import { accountOf } from './account';
import type { Api } from './api';
import { type Droplet, dropletsOf, isLedTo, looksLikeOurs } from './droplet';
import type { Synthesized } from './synthesized';
import { addressesIn } from './zone';

/** Names under which the load balancers look at a droplet before anybody uses it. */
const WATCHED = /^watched\./;

/**
 * How to go back where the account has no room left: going back makes a set of droplets of its own, as going on does. A sentence; none
 * while there is room, or where no droplet could go.
 */
export async function wayBack(api: Api, stack: Synthesized): Promise<string[]> {
  const [account, all] = await Promise.all([accountOf(api), dropletsOf(api)]);
  if (!account || all.length < account.droplet_limit) return [];
  const spare = await unused(api, stack, all);
  if (spare.length === 0) return [];
  return [
    `The account may have ${account.droplet_limit} droplets, and has them. To go on ask DigitalOcean for more (control panel, Settings). To go back delete ${spare.map(({ name, id }) => `${name} (${id})`).join(', ')}, which nobody uses: \`doctl compute droplet delete ${spare.map(({ id }) => id).join(' ')}\`; then deploy the settings of before.`,
  ];
}

/** Droplets that a change has left beside those that serve: each has the name of one to which a name in use leads. */
async function unused(api: Api, stack: Synthesized, all: readonly Droplet[]): Promise<Droplet[]> {
  const [names, reserved] = await Promise.all([
    addressesIn(api, stack),
    api.all<{ readonly droplet: { readonly id: number } | null }>('/reserved_ips', 'reserved_ips'),
  ]);
  const used = names.filter(({ name }) => !WATCHED.test(name));
  const ours = all.filter((droplet) => looksLikeOurs(stack, droplet));
  const serving = ours.filter((droplet) => isLedTo(droplet, used));
  const isSpare = (one: Droplet) =>
    one.volume_ids.length === 0 &&
    !serving.includes(one) &&
    serving.some(({ name }) => name === one.name) &&
    !reserved.some(({ droplet }) => droplet?.id === one.id);
  return ours.filter(isSpare);
}
