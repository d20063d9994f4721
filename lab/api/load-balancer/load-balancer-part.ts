import type { z } from 'zod';
import type { Api } from '../api';
import { unprocessable } from '../server/errors';
import { type Call, type Route, route } from '../server/route';
import { isSameRule, ruleOf, rulesOf } from './forwarding-rule';
import { dropletsBody, rulesBody } from './load-balancer-body';
import { checkTargets } from './load-balancer-change';
import { LOAD_BALANCERS, type LoadBalancer } from './stored-load-balancer';

type Parts = Pick<LoadBalancer, 'dropletIds' | 'forwardingRules'>;

/** The calls that add or take droplets and rules. */
export function loadBalancerPartRoutes(
  { cloud }: Api,
  balancerOf: (call: Pick<Call, 'params'>) => LoadBalancer,
): Route[] {
  const edit = <B extends z.ZodType>(
    call: `POST /v2/${string}` | `DELETE /v2/${string}`,
    operation: string,
    body: B,
    change: (balancer: LoadBalancer, given: z.infer<B>) => Partial<Parts>,
    guesses: readonly string[] = [],
  ): Route =>
    route({
      call,
      operation,
      scopes: [['load_balancer:update']],
      body,
      status: 204,
      guesses,
      handle: (given) => {
        const balancer = balancerOf(given);
        cloud.of(LOAD_BALANCERS).set(balancer.id, { ...balancer, ...change(balancer, given.body) });
      },
    });
  return [
    edit(
      'POST /v2/load_balancers/:lb_id/droplets',
      'loadBalancers_add_droplets',
      dropletsBody,
      ({ tag, region, dropletIds }, { droplet_ids }) => {
        if (tag !== '') throw unprocessable('The load balancer has a tag: it takes no single Droplets.');
        checkTargets(cloud, region, droplet_ids);
        return { dropletIds: [...new Set([...dropletIds, ...droplet_ids])] };
      },
    ),
    edit(
      'DELETE /v2/load_balancers/:lb_id/droplets',
      'loadBalancers_remove_droplets',
      dropletsBody,
      ({ dropletIds }, { droplet_ids }) => ({
        dropletIds: dropletIds.filter((id) => !droplet_ids.includes(id)),
      }),
      ['Droplets that it does not have are passed over.'],
    ),
    edit(
      'POST /v2/load_balancers/:lb_id/forwarding_rules',
      'loadBalancers_add_forwardingRules',
      rulesBody,
      ({ forwardingRules }, { forwarding_rules }) => ({
        forwardingRules: rulesOf(cloud, [...forwardingRules, ...forwarding_rules]),
      }),
    ),
    edit(
      'DELETE /v2/load_balancers/:lb_id/forwarding_rules',
      'loadBalancers_remove_forwardingRules',
      rulesBody,
      ({ forwardingRules }, { forwarding_rules }) => {
        const gone = forwarding_rules.map(ruleOf);
        const left = forwardingRules.filter((rule) => !gone.some((one) => isSameRule(one, rule)));
        if (left.length === 0) throw unprocessable('A load balancer keeps at least one forwarding rule.');
        return { forwardingRules: left };
      },
      ['The last rule stays: 422. Rules that it does not have are passed over.'],
    ),
  ];
}
