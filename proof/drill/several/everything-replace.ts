import type { Drill } from '../run/experiment';
import { unnoticedReplacement } from '../run/unnoticed-replacement';

export default {
  number: 38,
  title: 'All load balancers, web and app servers are replaced by one deployment',
  hypothesis:
    'Each tier waits until its new droplets serve, and the old ones until nobody asks them: nobody notices.',
  ...unnoticedReplacement(['load-balancer-1', 'load-balancer-2', 'web-1', 'web-2', 'app-1', 'app-2'], {
    moves: 1,
  }),
} satisfies Drill;
