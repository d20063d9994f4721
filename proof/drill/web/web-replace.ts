import type { Drill } from '../run/experiment';
import { unnoticedReplacement } from '../run/unnoticed-replacement';

export default {
  number: 35,
  title: 'Every web server is replaced by a deployment',
  hypothesis:
    'Visitors are led to the new ones once they serve, and the old ones go once nobody asks them: nobody notices.',
  ...unnoticedReplacement(['web-1', 'web-2'], { moves: 0 }),
} satisfies Drill;
