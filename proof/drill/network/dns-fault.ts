import type { Drill } from '../run/experiment';

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
    await lab.failDns('rubbish');
    await lab.reboot('app-2');
    await lab.wait(35);
  },
} satisfies Drill;
