import type { LabEvent } from '../../../lab/common/events';
import type { Drill } from '../run/experiment';

const WEB = ['web-1', 'web-2'];

const calls = (events: readonly LabEvent[], method: string, path: RegExp) =>
  events.filter((event) => event.kind === 'api' && event.method === method && path.test(event.path)).length;
const records = (events: readonly LabEvent[]) => calls(events, 'PUT', /^\/v2\/domains\/[^/]+\/records\/\d+$/);

/**
 * When a replacement of all web servers is killed: both are created, then both watched names change, then both that are used;
 * each old one is told to shut down before it is destroyed.
 */
export const MOMENTS: Readonly<Record<string, (events: readonly LabEvent[]) => boolean>> = {
  'as the new droplets boot': (events) => records(events) >= WEB.length,
  'as visitors are led to them': (events) => records(events) > WEB.length,
  'as the old ones go': (events) => calls(events, 'POST', /^\/v2\/droplets\/\d+\/actions$/) > 0,
};

const plan = ([variant, isTime]: [string, (typeof MOMENTS)[string]]): Drill => ({
  number: 43,
  variant,
  title: 'A deployment that replaces every web server is killed, and repeated',
  hypothesis:
    'The old ones serve until the repetition has seen the new ones serve: nobody notices, and nothing is left over.',
  limits: { gap: 0.5, failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const before = await lab.droplets();
    await lab.replaceKilled(WEB, isTime);
    await lab.wait(10);
    await lab.deploy();
    await lab.untilWhole(120);
    await lab.expect(
      'there are as many droplets as before',
      async () => String(await lab.droplets()) === String(before),
    );
    await lab.expect('another deployment changes nothing', async () => (await lab.deploy()).length === 0);
  },
});

export default Object.entries(MOMENTS).map(plan);
