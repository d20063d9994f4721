import type { Drill } from '../run/experiment';

export default {
  number: 44,
  title:
    'The active load balancer loses power while every web server is replaced, and has it back half a minute later',
  hypothesis: 'It costs what a loss of power always costs, and nothing more; the deployment ends well.',
  limits: { gap: 2, moves: 1 },
  calm: 5,
  async method(lab) {
    const before = await lab.droplets();
    const deployed = lab.replace('web-1', 'web-2');
    deployed.catch(() => {}); // awaited below
    await lab.until(
      'the new web servers are there',
      120,
      async () => (await lab.droplets()).length > before.length,
    );
    await lab.powerOff(lab.active);
    await lab.wait(30);
    await lab.powerOn(lab.active);
    await deployed;
    await lab.untilWhole(120);
    await lab.expect(
      'the old web servers are gone',
      async () => String(await lab.droplets()) === String(before),
    );
  },
} satisfies Drill;
