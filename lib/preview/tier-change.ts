import type { Block } from '../architecture';
import { roleOf } from '../architecture';
import { ROLES, type Role } from '../role';
import { type ResourceChange, TRIGGERED } from './change';

/** What becomes of the droplets of a role; names as Terraform's addresses have them: web-1. */
export interface TierChange {
  readonly role: Role;
  readonly before: number;
  readonly after: number;
  readonly created: readonly string[];
  readonly destroyed: readonly string[];
  readonly replaced: readonly string[];
  /** In words: "another image". */
  readonly because: readonly string[];
  readonly resized: readonly string[];
  /** "s-1vcpu-1gb -> s-2vcpu-2gb" */
  readonly sizes?: string;
}

const REASONS: Readonly<Record<string, string>> = {
  user_data: 'other files or settings on them',
  image: 'another droplet image',
  ssh_keys: 'other SSH keys',
  vpc_uuid: 'another private network',
  region: 'another region',
  [TRIGGERED]: 'another database.revision',
};

/** Of each role whose droplets don't all stay as they are. */
export function tierChanges(changes: readonly ResourceChange[], resources: Block): TierChange[] {
  const droplets = changes.filter(({ type }) => type === 'digitalocean_droplet');
  const role = ({ name, before, after }: ResourceChange) => roleOf(after ?? before, resources, name);
  return ROLES.map((one) =>
    tierChange(
      one,
      droplets.filter((droplet) => role(droplet) === one),
    ),
  ).filter(
    ({ created, destroyed, replaced, resized }) =>
      created.length + destroyed.length + replaced.length + resized.length > 0,
  );
}

function tierChange(role: Role, droplets: readonly ResourceChange[]): TierChange {
  const names = (kind: ResourceChange['kind']) =>
    droplets.filter((one) => one.kind === kind).map(({ name }) => name);
  const replaced = droplets.filter(({ kind }) => kind === 'replace');
  const reasons = new Set(replaced.flatMap(({ because }) => because));
  const resized = droplets.filter(
    ({ kind, before, after }) => kind === 'change' && before.size !== after.size,
  );
  const [first] = resized;
  return {
    role,
    before: droplets.filter(({ before }) => before).length,
    after: droplets.filter(({ after }) => after).length,
    created: names('create'),
    destroyed: names('destroy'),
    replaced: replaced.map(({ name }) => name),
    because: [...reasons].map((reason) => REASONS[reason] ?? `another ${reason}`),
    resized: resized.map(({ name }) => name),
    sizes: first && `${first.before.size} -> ${first.after.size}`,
  };
}
