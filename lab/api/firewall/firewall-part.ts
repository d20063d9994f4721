import { z } from 'zod';
import type { Api } from '../api';
import { unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { existingTags, tagName } from '../tag/tag';
import { isSameRule, newRules, type RulesBody, rulesBody, rulesOf } from './firewall-rules';
import type { Firewall } from './stored-firewall';

const dropletsBody = openapi(z.strictObject({ droplet_ids: z.array(z.int()) }));
const tagsBody = openapi(z.strictObject({ tags: z.array(tagName).nullable() }));

/** @throws 422 for a body that names no rule */
function someRules(body: RulesBody): RulesBody {
  if (!body.inbound_rules?.length && !body.outbound_rules?.length)
    throw unprocessable('Give at least one rule, in inbound_rules or outbound_rules.');
  return body;
}

type Parts = Pick<Firewall, 'inbound' | 'outbound' | 'dropletIds' | 'tags'>;

const union = <T>(a: readonly T[], b: readonly T[]) => [...new Set([...a, ...b])];
const without = <T>(a: readonly T[], b: readonly T[]) => a.filter((item) => !b.includes(item));

/** The calls that add or take parts of a firewall. */
export function firewallPartRoutes(
  { cloud }: Api,
  firewallOf: (call: Pick<Call, 'params'>) => Firewall,
  save: (firewall: Firewall) => void,
): Route[] {
  /** A call that adds or takes parts of a firewall. */
  const edit = <B extends z.ZodType>(
    call: `POST /v2/${string}` | `DELETE /v2/${string}`,
    operation: string,
    schema: B,
    change: (firewall: Firewall, given: z.infer<B>) => Partial<Parts>,
  ): Route =>
    route({
      call,
      operation,
      scopes: [['firewall:update']],
      body: schema,
      status: 204,
      handle: (given) => {
        const firewall = firewallOf(given);
        save({ ...firewall, ...change(firewall, given.body) });
      },
    });
  return [
    edit(
      'POST /v2/firewalls/:firewall_id/droplets',
      'firewalls_assign_droplets',
      dropletsBody,
      (firewall, given) => ({
        dropletIds: union(firewall.dropletIds, given.droplet_ids),
      }),
    ),
    edit(
      'DELETE /v2/firewalls/:firewall_id/droplets',
      'firewalls_delete_droplets',
      dropletsBody,
      (firewall, given) => ({
        dropletIds: without(firewall.dropletIds, given.droplet_ids),
      }),
    ),
    edit('POST /v2/firewalls/:firewall_id/tags', 'firewalls_add_tags', tagsBody, (firewall, given) => ({
      tags: union(firewall.tags, existingTags(cloud, given.tags ?? [])),
    })),
    edit('DELETE /v2/firewalls/:firewall_id/tags', 'firewalls_delete_tags', tagsBody, (firewall, given) => ({
      tags: without(firewall.tags, given.tags ?? []),
    })),
    edit('POST /v2/firewalls/:firewall_id/rules', 'firewalls_add_rules', rulesBody, (firewall, given) => {
      const { inbound, outbound } = newRules(cloud, someRules(given));
      return { inbound: [...firewall.inbound, ...inbound], outbound: [...firewall.outbound, ...outbound] };
    }),
    edit(
      'DELETE /v2/firewalls/:firewall_id/rules',
      'firewalls_delete_rules',
      rulesBody,
      (firewall, given) => {
        const { inbound, outbound } = rulesOf(someRules(given));
        return {
          inbound: firewall.inbound.filter((rule) => !inbound.some((gone) => isSameRule(rule, gone))),
          outbound: firewall.outbound.filter((rule) => !outbound.some((gone) => isSameRule(rule, gone))),
        };
      },
    ),
  ];
}
