import { SERVICES } from '../network/addresses';
import type { Endpoint } from '../network/faults';

/** A droplet as the command line may name it. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

/**
 * The droplet with this name, with or without the stack's prefix: production-web-1 is also web-1, where that is clear.
 *
 * @throws one sentence with the names that there are
 */
export function dropletNamed<T extends Named>(name: string, droplets: readonly T[]): T {
  const exact = droplets.filter((droplet) => droplet.name === name);
  const found = exact.length > 0 ? exact : droplets.filter((droplet) => droplet.name.endsWith(`-${name}`));
  const [droplet] = found;
  if (found.length === 1 && droplet) {
    return droplet;
  }
  const names = droplets.map((each) => each.name).join(', ') || 'none';
  throw new Error(
    found.length > 1
      ? `"${name}" may be ${found.map((each) => each.name).join(' or ')}; give the whole name.`
      : `There is no droplet "${name}" in this lab; there are: ${names}.`,
  );
}

/**
 * One endpoint of a cut or of a slow link: `client`, `everyone`, a service such as `api` or `dns`, or a droplet's side such as
 * `web-1:public` or `web-1:vpc` (vpc when not said).
 */
export function endpointNamed(text: string, droplets: readonly Named[]): Endpoint {
  if (text === 'client' || text === 'everyone' || Object.hasOwn(SERVICES, text)) {
    return text as Endpoint;
  }
  const [name = '', side = 'vpc'] = text.split(':');
  if (side !== 'public' && side !== 'vpc') {
    throw new Error(`A droplet has no side "${side}": it is public or vpc, as in ${name}:public.`);
  }
  return { droplet: dropletNamed(name, droplets).id, side };
}
