import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';

const BALANCERS = ['load-balancer-1', 'load-balancer-2'];
/** In ten seconds: one that spins was woken three million times, one that does not hardly at all. */
const SPINNING = 100_000;
/** How often HAProxy's timers have woken it so far. */
const WAKEUPS = [
  'import socket, re; s = socket.socket(socket.AF_UNIX); s.connect("/run/haproxy/admin.sock");',
  's.sendall(b"show activity\\n"); said = b"".join(iter(lambda: s.recv(65536), b""));',
  'print(re.search(rb"poll_exp: (\\d+)", said)[1].decode())',
].join(' ');

const wakeups = (lab: Actions): Promise<number[]> =>
  Promise.all(BALANCERS.map(async (name) => Number(await lab.look(name, `python3 -c '${WAKEUPS}'`))));

export default {
  number: 16,
  title: 'DNS is silent, then answers with nothing, then with rubbish, for two minutes in all',
  hypothesis:
    'What is known stays known, through reloads of daemons and the reboot of a droplet: nobody notices.',
  limits: { gap: 1, failedOnNew: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const silent = await lab.failDns('silent');
    await lab.wait(40); // more than any internal record may be remembered
    await lab.exec(lab.active, 'systemctl', 'reload', 'haproxy');
    await lab.exec('web-1', 'systemctl', 'reload', 'nginx');
    await lab.exec('app-1', 'systemctl', 'restart', 'app');
    await lab.mend(silent);
    const empty = await lab.failDns('empty');
    await lab.reboot('web-2');
    await lab.wait(35);
    await lab.mend(empty);
    const rubbish = await lab.failDns('rubbish');
    await lab.reboot('app-2');
    await lab.wait(35);
    await lab.mend(rubbish);
    await lab.wait(45); // a load balancer looks every half minute whether its HAProxy rests, and reloads one that does not
    const before = await wakeups(lab);
    await lab.wait(10);
    const after = await wakeups(lab);
    const counts = after.map((count, i) => count - (before[i] ?? 0));
    await lab.find(`HAProxy was woken ${counts.join(' and ')} times in ten seconds`);
    await lab.expect('no HAProxy spins because of it', async () => counts.every((count) => count < SPINNING));
  },
} satisfies Drill;
