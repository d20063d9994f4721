import type { Drill } from '../run/experiment';

const SHOW_INFO = 'echo "show info" | socat - /run/haproxy/admin.sock';
/** KiB of all of HAProxy's processes. */
const RESIDENT = "ps -C haproxy -o rss= | awk '{ sum += $1 } END { print sum }'";

export default {
  number: 24,
  title: "Idle connections take 90 % of HAProxy's maxconn",
  hypothesis: 'Everybody else is served as always, and the Reserved IP does not move.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const figure = async (name: string) => {
      const [, value] =
        new RegExp(`^${name}: (\\d+)$`, 'm').exec(await lab.look(lab.active, SHOW_INFO)) ?? [];
      if (value === undefined) throw new Error(`HAProxy does not say its ${name}.`);
      return Number(value);
    };
    const many = Math.floor((await figure('Maxconn')) * 0.9);
    const open = await lab.attack('idle', many);
    await lab.wait(10);
    await lab.expect('HAProxy has all of them', async () => (await figure('CurrConns')) >= many);
    const resident = Number(await lab.look(lab.active, RESIDENT));
    await lab.find(`HAProxy takes ${Math.round(resident / 1024)} MiB with ${many} connections`);
    await lab.expect('hardly one was closed meanwhile', async () => open().least >= 0.99 * many);
  },
} satisfies Drill;
