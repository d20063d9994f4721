import { z } from 'zod';
import type { Api } from '../api';
import { PROJECT_RESOURCES } from '../project/stored-project';
import { becoming } from '../server/becoming';
import { found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { refuseOnHardware } from '../server/records-only';
import { type Call, list, type Route, route } from '../server/route';
import { loadBalancerBody } from './load-balancer-body';
import { createLoadBalancer, updateLoadBalancer } from './load-balancer-change';
import { CREATE } from './load-balancer-life';
import { loadBalancerPartRoutes } from './load-balancer-part';
import { loadBalancerAnswer, loadBalancerView } from './load-balancer-view';
import { LOAD_BALANCERS, loadBalancerUrn } from './stored-load-balancer';

const oneBalancer = openapi(z.strictObject({ load_balancer: loadBalancerAnswer }));

export function loadBalancerRoutes(api: Api): Route[] {
  const { cloud } = api;
  const balancerOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(LOAD_BALANCERS).get(params.lb_id ?? ''));
  return [
    list({
      call: 'GET /v2/load_balancers',
      operation: 'loadBalancers_list',
      scopes: [['load_balancer:read']],
      key: 'load_balancers',
      item: loadBalancerAnswer,
      all: () => cloud.of(LOAD_BALANCERS).values(),
      view: (balancer, { caller }) => loadBalancerView(api, balancer, caller),
    }),
    route({
      call: 'POST /v2/load_balancers',
      operation: 'loadBalancers_create',
      scopes: [['load_balancer:create']],
      body: loadBalancerBody,
      status: 202,
      answer: oneBalancer,
      guesses: [
        'It is new, without an address, for the time of an action. It is a record: nothing listens at its address.',
        "A tag that does not exist is created. A tag's droplets count in the load balancer's own region.",
        'A global one has no forwarding_rules unless it is given some, though the document requires them.',
        'Without a health check the first rule says its protocol and port, as the provider expects.',
        '`size` is answered where a slug has so many units: 1, 3 or 6.',
        'Names may repeat. All texts of 422 answers; an `ip` of your own is refused.',
        'Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        refuseOnHardware(api, 'A load balancer');
        const balancer = createLoadBalancer(api, call);
        call.start(becoming(CREATE, balancer.id));
        return { load_balancer: loadBalancerView(api, balancer, call.caller) };
      },
    }),
    route({
      call: 'GET /v2/load_balancers/:lb_id',
      operation: 'loadBalancers_get',
      scopes: [['load_balancer:read']],
      status: 200,
      answer: oneBalancer,
      handle: (call) => ({ load_balancer: loadBalancerView(api, balancerOf(call), call.caller) }),
    }),
    route({
      call: 'PUT /v2/load_balancers/:lb_id',
      operation: 'loadBalancers_update',
      scopes: [['load_balancer:update']],
      body: loadBalancerBody,
      status: 200,
      answer: oneBalancer,
      guesses: ['The region and the type stay: 422 for others. The network and the VPC stay without a word.'],
      handle: (call) => ({
        load_balancer: loadBalancerView(api, updateLoadBalancer(api, balancerOf(call), call), call.caller),
      }),
    }),
    route({
      call: 'DELETE /v2/load_balancers/:lb_id',
      operation: 'loadBalancers_delete',
      scopes: [['load_balancer:delete']],
      status: 204,
      guesses: ['Firewall rules keep its id, and it stands for nothing there.'],
      handle: (call) => {
        const { id } = balancerOf(call);
        cloud.of(LOAD_BALANCERS).delete(id);
        cloud.of(PROJECT_RESOURCES).delete(loadBalancerUrn(id));
      },
    }),
    route({
      call: 'DELETE /v2/load_balancers/:lb_id/cache',
      operation: 'loadBalancers_delete_cache',
      scopes: [['load_balancer:delete']],
      status: 204,
      guesses: ['422 for one that is not global.'],
      handle: (call) => {
        if (balancerOf(call).type !== 'GLOBAL')
          throw unprocessable('Only a GLOBAL load balancer has a cache.');
      },
    }),
    ...loadBalancerPartRoutes(api, balancerOf),
  ];
}
