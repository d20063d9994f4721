import { setTimeout as sleep } from 'node:timers/promises';
import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';

const ALL = ['load-balancer-1', 'load-balancer-2', 'web-1', 'web-2', 'app-1', 'app-2'];
/** A note that takes its writer five seconds; over HTTP/1.1 and HTTP/2 by turns. Its key is $1, and what follows is for curl. */
const WRITE = [
  'key=$1; shift',
  `{ printf 'key=%s&text=slow' "$key"; for second in 1 2 3 4 5; do sleep 1; printf .; done; } |`,
  "  curl --silent --max-time 30 --request POST --upload-file . --output /dev/null --write-out '%{http_code}'",
  '  --header \'content-type: application/x-www-form-urlencoded\' "$@"; true',
];

const write = (lab: Actions, number: number) => {
  const version = number % 2 === 0 ? '--http1.1' : '--http2';
  const script = `${WRITE[0]}\n${WRITE.slice(1).join(' ')}`;
  return lab.asVisitor('sh', '-c', script, 'sh', `slow-${Date.now()}-${number}`, version, '/notes');
};

export default {
  number: 40,
  title:
    'Visitors upload slowly while all load balancers, web and app servers are replaced by one deployment',
  hypothesis: 'Each has the five seconds that an upload takes, wherever it began, and gets its answer.',
  limits: { gap: 0.5, failed: 0, unknown: 0, moves: 1 },
  calm: 5,
  async method(lab) {
    const answers: Promise<string>[] = [];
    let isOver = false;
    const visitors = (async () => {
      for (; !isOver; await sleep(1000))
        answers.push(write(lab, answers.length).catch(({ message }) => message));
    })();
    try {
      await lab.replace(...ALL);
      await lab.untilWhole(120);
    } finally {
      isOver = true;
      await visitors;
    }
    const all = await Promise.all(answers);
    const unanswered = all.filter((status) => status !== '201');
    await lab.find(`${all.length} uploads of 5 s, ${unanswered.length} of them without an acknowledgement`);
    await lab.expect('every upload was acknowledged', async () => all.length > 50 && unanswered.length === 0);
  },
} satisfies Drill;
