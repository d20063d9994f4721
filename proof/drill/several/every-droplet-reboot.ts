import type { Drill } from '../run/experiment';

export default {
  number: 21,
  title: 'Every droplet is rebooted, one after the other',
  hypothesis: 'With two of each, only what needs the database waits for it; no request for a file fails.',
  limits: { gap: 2, static: { failed: 0, unknown: 0 }, movesAtMost: 2 },
  calm: 5,
  async method(lab) {
    for (const droplet of [lab.standby, lab.active, 'web-1', 'web-2', 'app-1', 'app-2', 'database-1']) {
      await lab.reboot(droplet);
      await lab.untilWhole(90);
      await lab.wait(3);
    }
  },
} satisfies Drill;
