import type { Drill } from '../run/experiment';
import { unnoticedReplacement } from '../run/unnoticed-replacement';

export default {
  number: 36,
  title: 'Every app server is replaced by a deployment',
  hypothesis:
    'The web servers ask the new ones once they are healthy, and the old ones go once nobody asks them: nobody notices.',
  ...unnoticedReplacement(['app-1', 'app-2'], { moves: 0 }),
} satisfies Drill;
