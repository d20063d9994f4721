import { readFileSync } from 'node:fs';
import type { Plan } from '../commands/plan';
import { UserError } from '../user-error';
import { type Kind, type ResourceChange, TRIGGERED } from './change';

const KINDS: Readonly<Record<string, Kind>> = {
  create: 'create',
  update: 'change',
  delete: 'destroy',
  'create,delete': 'replace',
  'delete,create': 'replace',
  'no-op': 'keep',
};

/**
 * The changes of a plan, from the file that `terraform show -json` wrote of it.
 *
 * @throws UserError when it is none
 */
export function plannedChanges(file: string): ResourceChange[] {
  return changesOf(parse(file));
}

export function changesOf({ resource_changes = [] }: Plan): ResourceChange[] {
  return resource_changes.flatMap(({ address, deposed, action_reason, change }): ResourceChange[] => {
    const actions = change.actions.join();
    const kind = KINDS[actions];
    const [type = '', name = ''] = address.split('.');
    // What an earlier replacement left, and data that is only read.
    if (!kind || deposed || type === 'data') return [];
    return [
      {
        ...{ type, name, kind, because: reasons(kind, action_reason, change) },
        isDoubled: actions === 'create,delete',
        // Terraform makes no plan against that.
        isProtected: false,
        before: change.before ?? undefined,
        after: change.after ?? undefined,
      },
    ];
  });
}

function reasons(
  kind: Kind,
  reason: string | undefined,
  {
    before,
    after,
    after_unknown: unknown,
    replace_paths = [],
  }: NonNullable<Plan['resource_changes']>[number]['change'],
): string[] {
  const isUnknown = (name: string) =>
    typeof unknown === 'object' && unknown[name] !== undefined && unknown[name] !== false;
  if (kind === 'change') {
    const names = Object.keys({ ...before, ...after });
    const differs = (name: string) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]);
    return names.filter((name) => isUnknown(name) || differs(name)).sort();
  }
  if (kind !== 'replace') return [];
  const forcing = replace_paths.map(([name]) => String(name));
  return [...new Set([...forcing, ...(reason === 'replace_by_triggers' ? [TRIGGERED] : [])])].sort();
}

function parse(file: string): Plan {
  let plan: Plan | undefined;
  try {
    plan = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    plan = undefined;
  }
  if (!Array.isArray(plan?.resource_changes)) {
    throw new UserError([`${file}: is not a plan; \`terraform show -json PLAN > ${file}\` writes one`]);
  }
  return plan as Plan;
}
