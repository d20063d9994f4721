import { percentile } from '../../bench/generators';
import { oursWithBackups } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';

const TURNS = 5;
/** Seconds without a base, in each turn. */
const WITHOUT = 8;

export default {
  number: 50,
  title: 'Bases are made while visitors come, in turns with none',
  hypothesis: 'No visitor is refused; how much longer an answer takes meanwhile is a ratio.',
  stack: oursWithBackups,
  limits: { failed: 0, unknown: 0, moves: 0 },
  async method(lab) {
    const without: number[] = [];
    const during: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const begun = Date.now();
      await lab.wait(WITHOUT);
      const between = Date.now();
      await lab.exec('database-1', 'systemctl', 'start', 'scale-up-backup-base.service');
      const ended = Date.now();
      without.push(...lab.latencies({ from: begun, to: between }));
      during.push(...lab.latencies({ from: between, to: ended }));
    }
    await lab.expect('bases were made', async () => during.length > 0);
    const compared = [50, 99].map((percent) => {
      const [one, other] = [percentile(without, percent), percentile(during, percent)];
      return `p${percent} ${one.toFixed(1)} and ${other.toFixed(1)} ms (${(other / one).toFixed(2)} times)`;
    });
    await lab.find(`without and with a base: ${compared.join(', ')}`);
  },
} satisfies Drill;
