import type { Drill } from './experiment';

/** Two minutes without DNS, in which daemons are reloaded and a droplet reboots. */
const plan = (fault: 'silent' | 'empty' | 'rubbish'): Drill => ({
  number: 16,
  variant: fault,
  title: 'DNS is dead for two minutes, while daemons are reloaded and a droplet reboots',
  hypothesis: 'What is known stays known: nobody notices.',
  limits: { gap: 1, failedOnNew: 0, unknown: 0, moves: 0 },
  async method(lab) {
    await lab.failDns(fault);
    await lab.wait(70); // more than any record may be remembered
    await lab.exec(lab.active, 'systemctl', 'reload', 'haproxy');
    await lab.exec('web-1', 'systemctl', 'reload', 'nginx');
    await lab.exec('app-1', 'systemctl', 'restart', 'app');
    await lab.reboot('web-2');
    await lab.wait(50);
  },
});

export default [plan('silent'), plan('empty'), plan('rubbish')];
