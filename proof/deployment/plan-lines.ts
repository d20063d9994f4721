import { type ResourceChange, TRIGGERED } from '../../lib/preview/change';

const ACTIONS: Readonly<Record<string, string>> = { change: 'update', destroy: 'delete' };

/** What is expected of a deployment, as the lab's plan says it: "replace digitalocean_droplet.web-1 (image)". Sorted. */
export function planLines(changes: readonly ResourceChange[]): string[] {
  return changes
    .filter(({ kind }) => kind !== 'keep')
    .map(({ type, name, kind, because }) => {
      // The lab's plan has no word for it.
      const named = because.filter((reason) => reason !== TRIGGERED);
      const reasons = named.length > 0 ? ` (${named.join(', ')})` : '';
      return `${ACTIONS[kind] ?? kind} ${type}.${name}${reasons}`;
    })
    .sort();
}
