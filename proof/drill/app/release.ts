import { oursWithReleases } from '../../stack/compared-stacks';
import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';

export const APPS: readonly string[] = ['app-1', 'app-2'];
/** Seconds from the first record that names a release until every app server serves it. */
const SOON = 15;

const onReleases = {
  stack: oursWithReleases,
  limits: { gap: 0.5, failed: 0, unknown: 0, moves: 0 },
  runs: 5,
  calm: 5,
} as const;

/** What each app server serves. */
const served = (lab: Actions): Promise<string[]> =>
  Promise.all(APPS.map(async (name) => JSON.parse(await lab.look(name, 'cat /run/scale-up/release')).serves));

export const good = {
  ...onReleases,
  number: 39,
  variant: 'a good one',
  title: 'A release of the application is deployed',
  hypothesis:
    'It is pulled while the old one serves, started beside it, and led to once it is healthy, on one app server first: nobody notices.',
  async method(lab) {
    const before = await served(lab);
    const wanted = before[0] === '1.0' ? '2.0' : '1.0';
    const begun = Date.now();
    const deployed = lab.release(wanted);
    deployed.catch(() => {}); // awaited below
    await lab.until('every app server serves it', 120, async () =>
      (await served(lab)).every((release) => release === wanted),
    );
    const seconds = (Date.now() - (lab.firstRecord(begun) ?? begun)) / 1000;
    await lab.find(`served by both ${seconds.toFixed(1)} s after the first record named it`);
    await lab.expect(`they serve it within ${SOON} s`, async () => seconds <= SOON);
    await deployed;
    await lab.find(
      `the deployment took ${Math.round((Date.now() - begun) / 1000)} s, with the proof that it lasts`,
    );
  },
} satisfies Drill;

export const bad = {
  ...onReleases,
  number: 39,
  variant: 'one that ends by itself',
  title: 'A release of the application is deployed',
  hypothesis: 'The deployment ends with the reason, the old release serves on, and going back takes seconds.',
  async method(lab) {
    const before = await served(lab);
    const refused = await lab.release('3.0').then(
      () => '',
      ({ message }: Error) => message,
    );
    await lab.expect('the deployment ends with the reason', async () =>
      /production-app-1: release 3\.0 ended by itself \(exited 3\)/.test(refused),
    );
    await lab.expect('the old release serves', async () => String(await served(lab)) === String(before));
    const begun = Date.now();
    await lab.release(before[0] ?? '');
    await lab.find(`back within ${Math.round((Date.now() - begun) / 1000)} s`);
    await lab.untilWhole(60);
  },
} satisfies Drill;

export default [good, bad] satisfies Drill[];
