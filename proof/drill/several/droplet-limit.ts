import type { Drill } from '../run/experiment';

export default {
  number: 45,
  title: "The account's droplet limit lets one of two web servers be replaced",
  hypothesis:
    'The deployment ends with that reason, and the old ones serve; with more room the same deployment goes on to the end. Nobody notices.',
  limits: { gap: 0.5, failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const before = await lab.droplets();
    const limited = await lab.limitDroplets(1);
    const refused = await lab.replace('web-1', 'web-2').then(
      () => '',
      ({ message }: Error) => message,
    );
    const [, left = ''] = /digitalocean_droplet\.(web-\d): .*droplet limit/.exec(refused) ?? [];
    await lab.expect('the deployment ends with the reason', async () => left !== '');
    await lab.wait(10);
    await lab.mend(limited);
    await lab.replace(left); // of the other one what is left to do is done, too
    await lab.untilWhole(120);
    await lab.expect(
      'there are as many droplets as before',
      async () => String(await lab.droplets()) === String(before),
    );
  },
} satisfies Drill;
