import { architectureOf, volumeKind } from '../architecture';
import { type Bill, billOf, unpriced } from '../cost/bill';
import { ROLES, type Role } from '../role';
import { type ResourceChange, resourcesOf } from './change';
import { capital, releasesIn, sentences } from './sentences';
import { type TierChange, tierChanges } from './tier-change';
import { noticed } from './visitors';

/** What a deployment does, in the words of the architecture. */
export interface Report {
  readonly changes: readonly string[];
  readonly tiers: readonly TierChange[];
  /** Whether the application gets another release on the droplets that are there. */
  readonly isRelease: boolean;
  readonly visitors: readonly string[];
  readonly duration: readonly string[];
  readonly droplets: { readonly before: number; readonly meanwhile: number; readonly after: number };
  /** Empty where a size has no price. */
  readonly bill: readonly BillChange[];
  /** Why it is empty: a sentence for each size. */
  readonly unpriced: readonly string[];
  readonly irreversible: readonly string[];
  /** What Terraform will not do; then nothing of all this happens. */
  readonly refused: readonly string[];
}

/** US dollars a month. */
export interface BillChange {
  readonly role?: Role;
  /** "load-balancer", "shared", "together". */
  readonly of: string;
  readonly before: number;
  readonly after: number;
}

export function reportOf(changes: readonly ResourceChange[]): Report {
  const [before, after] = [resourcesOf(changes, 'before'), resourcesOf(changes, 'after')];
  const resources = Object.keys(after.resource).length > 0 ? after : before;
  const tiers = tierChanges(changes, resources);
  const droplets = changes.filter(({ type }) => type === 'digitalocean_droplet');
  const beside = droplets.filter(
    ({ kind, isDoubled }) => kind === 'create' || (kind === 'replace' && isDoubled),
  );
  const count = (when: 'before' | 'after') => droplets.filter((one) => one[when]).length;
  const architectures = [architectureOf(before), architectureOf(after)] as const;
  const withoutPrice = [...new Set(architectures.flatMap(unpriced))];
  return {
    changes: sentences(changes, tiers, resources),
    tiers,
    isRelease: releasesIn(changes).length > 0,
    ...noticed(changes, tiers),
    droplets: { before: count('before'), meanwhile: count('before') + beside.length, after: count('after') },
    bill: withoutPrice.length > 0 ? [] : billChanges(billOf(architectures[0]), billOf(architectures[1])),
    unpriced: withoutPrice,
    irreversible: changes.flatMap(irreversible),
    refused: changes.filter(({ kind, isProtected }) => kind === 'replace' && isProtected).map(refused),
  };
}

function billChanges(before: Bill, after: Bill): BillChange[] {
  const of = ({ lines }: Bill, role: Role | undefined) =>
    lines.filter((line) => line.role === role).reduce((sum, { monthly }) => sum + monthly, 0);
  const shared = { of: 'shared', before: of(before, undefined), after: of(after, undefined) };
  return [
    ...ROLES.map((role) => ({ role, of: role, before: of(before, role), after: of(after, role) })),
    ...(shared.before + shared.after > 0 ? [shared] : []),
    { of: 'together', before: before.monthly, after: after.monthly },
  ];
}

const LASTING: Readonly<Record<string, readonly [what: string, loss: string]>> = {
  digitalocean_volume: ["the database's volume", 'all data on it is gone'],
  digitalocean_reserved_ip: [
    'the Reserved IP',
    'the address is lost, to which your DNS and others may point',
  ],
  digitalocean_domain: ['the DNS zone', 'all its records go with it, also those that others put there'],
};

/** Nothing on it is the only copy of the data. */
const WORK_VOLUME = ["the database's work volume", 'what a restore has set aside there is gone'] as const;

function lasting({ type, name }: ResourceChange): readonly string[] {
  const isWork = type === 'digitalocean_volume' && volumeKind(name) === 'work volume';
  return isWork ? WORK_VOLUME : (LASTING[type] ?? []);
}

function irreversible(change: ResourceChange): string[] {
  const { type, name, kind, before, after } = change;
  if (type === 'digitalocean_volume' && kind === 'change' && Number(after.size) > Number(before.size)) {
    return [`The database's ${volumeKind(name)} can't shrink again.`];
  }
  const [what, loss] = lasting(change);
  return what && (kind === 'destroy' || kind === 'replace')
    ? [`${capital(what)} is destroyed: ${loss}.`]
    : [];
}

function refused(change: ResourceChange): string {
  const { type, name, because } = change;
  const [what = type === 'digitalocean_vpc' ? 'the private network' : `${type}.${name}`] = lasting(change);
  return `Terraform refuses it: ${what} would be replaced (${because.join(', ')}), which deletionProtection is against.`;
}
