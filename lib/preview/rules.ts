import { type Block, roleOf, tierName } from '../architecture';
import { ROLES, type Role } from '../role';
import { roleOfTag } from '../tag';
import type { ResourceChange } from './change';

/** What changed firewalls let pass from now on, and what not any more. */
export function ruleSentences(firewalls: readonly ResourceChange[], resources: Block): string[] {
  const all = firewalls.flatMap((firewall) => sentencesOf(firewall, resources));
  const ofEach = all.map(([, said]) => said).filter((said, i, others) => others.indexOf(said) === i);
  return ofEach.flatMap((said) => {
    const whose = all.filter(([, other]) => other === said).map(([name]) => name);
    const [done = '', rules = ''] = said.split('\n');
    const names = whose.length === ROLES.length ? ['every droplet'] : whose;
    return names.map((name) => `${done} for ${name}: ${rules}.`);
  });
}

/** Whose, and what: "Opened" or "Closed", a line break, and the rules. */
function sentencesOf({ kind, before, after }: ResourceChange, resources: Block): [string, string][] {
  if (kind !== 'change') return [];
  const role = roleOf(after, resources) ?? roleOf(before, resources);
  const of = (firewall: Block) => rulesOf(firewall, resources);
  const [was, now] = [of(before), of(after)];
  const opened = now.filter((rule) => !was.includes(rule));
  const closed = was.filter((rule) => !now.includes(rule));
  const whose = role ? tierName(role) : 'a firewall';
  return [
    ...(opened.length > 0 ? [[whose, `Opened\n${opened.join('; ')}`] as [string, string]] : []),
    ...(closed.length > 0 ? [[whose, `Closed\n${closed.join('; ')}`] as [string, string]] : []),
  ];
}

/** "tcp 22 from 203.0.113.7/32", sorted. */
function rulesOf(firewall: Block, resources: Block): string[] {
  const lines = (rules: Block[] | undefined, way: 'from' | 'to', end: 'source' | 'destination') =>
    (rules ?? []).map((rule) => {
      const tags: string[] = rule[`${end}_tags`] ?? [];
      const places = [...tags.map((tag) => placeOf(tag, resources)), ...(rule[`${end}_addresses`] ?? [])];
      return `${rule.protocol} ${rule.port_range} ${way} ${places.sort().join(', ')}`;
    });
  return [
    ...lines(firewall.inbound_rule, 'from', 'source'),
    ...lines(firewall.outbound_rule, 'to', 'destination'),
  ].sort();
}

function placeOf(tag: string, resources: Block): string {
  const role: Role | undefined = roleOfTag(tag) ?? roleOf({ tags: [tag] }, resources);
  return role ? tierName(role) : tag;
}
