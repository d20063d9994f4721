import type { Drill } from '../run/experiment';
import { unnoticedReplacement } from '../run/unnoticed-replacement';

export default {
  number: 37,
  title: 'Both load balancers are replaced by a deployment',
  hypothesis:
    'The new ones take the names of the old ones one after the other, and the Reserved IP is handed over once: nobody notices.',
  ...unnoticedReplacement(['load-balancer-1', 'load-balancer-2'], { moves: 1 }),
} satisfies Drill;
