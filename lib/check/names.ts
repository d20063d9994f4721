import type { Api } from './api';
import { ourTags } from './droplet';
import { type Finding, problemsOr } from './finding';
import type { Synthesized } from './synthesized';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/** Of some things there can't be two with one name: the second is refused in the middle of a deploy. */
export async function checkVolumes(api: Api, stack: Synthesized): Promise<Finding[]> {
  const all = await api.all<Named & { readonly region: { readonly slug: string } }>('/volumes', 'volumes');
  const taken = all.filter(
    (volume) =>
      stack.needs.volumes.some(({ name, region }) => name === volume.name && region === volume.region.slug) &&
      !stack.deployed.has('volume', volume.id, ourTags(stack, volume).length > 0),
  );
  const problems = taken.map(
    ({ name, id }) =>
      `a volume named ${name} exists (${id}) that this deployment did not make; set another prefix, or, if it holds the data, import it`,
  );
  return problemsOr(
    'volume',
    problems,
    `${stack.needs.volumes.map(({ name }) => name).join(', ')}: free, or this stack's`,
  );
}

export async function checkFirewalls(api: Api, stack: Synthesized): Promise<Finding[]> {
  const taken = (await api.all<Named>('/firewalls', 'firewalls')).filter(
    (firewall) =>
      stack.needs.firewalls.includes(firewall.name) &&
      !stack.deployed.has('firewall', firewall.id, ourTags(stack, firewall).length > 0),
  );
  const problems = taken.map(
    ({ name }) =>
      `a firewall named ${name} exists that this deployment did not make; set another prefix, or delete it`,
  );
  return problemsOr('firewalls', problems, 'their names are free, or this stack has them');
}
