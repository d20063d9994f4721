import type { Drill } from './experiment';

export default {
  number: 24,
  title: "Idle connections take 90 % of HAProxy's maxconn",
  hypothesis: 'Everybody else is served as always, and the Reserved IP does not move.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const info = await lab.exec(lab.active, 'sh', '-c', 'echo "show info" | socat - /run/haproxy/admin.sock');
    const [, most = ''] = /^Maxconn: (\d+)$/m.exec(info) ?? [];
    await lab.attack('idle', Math.floor(Number(most) * 0.9));
    await lab.wait(10);
  },
} satisfies Drill;
