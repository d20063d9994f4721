import type { Architecture } from '../architecture';
import type { End, Flow } from '../firewall';
import { ROLES, type Role } from '../role';

/** Where an arrow begins or ends: a role, each droplet there is, or outside as "the internet" or CIDRs. */
export type Place = Role | 'every droplet' | 'the internet' | string;

export interface Arrow {
  readonly from: Place;
  readonly to: Place;
  readonly labels: readonly Label[];
}

export interface Label {
  /** "tcp 80". */
  readonly ports: string;
  readonly purpose: string;
}

type Single = { readonly from: Place; readonly to: Place } & Label;

/** The flows as a picture has them: one arrow for all between two places, and one for what all droplets have alike. */
export function arrowsOf({ flows }: Architecture): Arrow[] {
  const singles = together(together(flows.map(single), 'to'), 'from');
  const pairs = [...new Set(singles.map(({ from, to }) => `${from}\n${to}`))];
  return pairs.map((pair) => {
    const same = singles.filter(({ from, to }) => `${from}\n${to}` === pair);
    const [from = '', to = ''] = pair.split('\n');
    return { from, to, labels: same.map(({ ports, purpose }) => ({ ports, purpose })) };
  });
}

function single({ from, to, protocol, ports, purpose }: Flow): Single {
  return { from: placeOf(from), to: placeOf(to), ports: `${protocol} ${ports}`, purpose };
}

function placeOf(end: End): Place {
  if (typeof end === 'string') return end;
  return end.includes('0.0.0.0/0') ? 'the internet' : end.join(', ');
}

/** Makes one of those that differ in one end alone, where that is each role once. */
function together(singles: readonly Single[], end: 'from' | 'to'): Single[] {
  const key = (one: Single) => JSON.stringify({ ...one, [end]: ROLES.includes(one[end] as Role) });
  const same = (one: Single) => singles.filter((other) => key(other) === key(one));
  return singles.flatMap((one) => {
    const alike = same(one);
    if (alike.length < ROLES.length) return [one];
    return alike[0] === one ? [{ ...one, [end]: 'every droplet' as const }] : [];
  });
}
