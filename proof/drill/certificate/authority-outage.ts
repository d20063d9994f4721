import type { Drill } from '../run/experiment';
import { serials, untilRenewed } from './certificate-renewal';

const UNIT = 'scale-up-certificate';
const PAUSE = `sed -n 's/.*"away": \\([0-9]*\\).*/\\1/p' /var/lib/${UNIT}/pause || true`;

export default {
  number: 22,
  variant: 'the authority is dead',
  title: 'The certificates of both load balancers come near their end',
  hypothesis:
    'Nobody notices. The journal says it in one line, the redundancy path when a sixth is left, and they are renewed once the authority is back.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const both = [lab.active, lab.standby];
    const [begun, before] = [Date.now(), await serials(lab)];
    const redundancy = () => lab.asVisitor('curl', '--silent', '/-/redundancy');
    const daysPass = (days: number) =>
      Promise.all(
        both.map(async (name) => {
          await lab.skew(name, UNIT, `+${days}d`);
          await lab.skew(name, 'scale-up-reserved-ip', `+${days}d`);
        }),
      );
    /** Each failure doubles the pause, from 10 s. */
    const untilPaused = (seconds: number) =>
      lab.until(`both pause for ${seconds} s after a failure`, 60, async () => {
        const pauses = await Promise.all(both.map((name) => lab.look(name, PAUSE)));
        return pauses.every((pause) => Number(pause) >= seconds);
      });
    const dead = await lab.cut('authority', 'everyone');
    await daysPass(61);
    await untilPaused(10);
    await lab.expect('nothing is missing yet', async () => /^Nothing/.test(await redundancy()));
    await daysPass(76);
    await untilPaused(20);
    await lab.until('the redundancy path names both certificates', 10, async () => {
      const said = await redundancy();
      return [1, 2].every((n) => new RegExp(`load-balancer-${n}: certificate ends in 1\\d days`).test(said));
    });
    await lab.expect('each has said it in one line', async () => {
      const lines = await Promise.all(both.map((name) => lab.journal(name, UNIT, begun)));
      return lines.every((said) => said.filter(({ text }) => /No new certificate/.test(text)).length === 1);
    });
    await lab.mend(dead);
    await untilRenewed(lab, before, 60);
  },
} satisfies Drill;
