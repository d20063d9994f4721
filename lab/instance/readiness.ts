import type { Progress } from '../common/progress';
import { attempt } from '../common/run';
import { until } from '../common/until';
import { enter } from '../droplet/enter';
import { type Answer, askSite } from '../stack/site';
import { ask } from './control-api';
import type { LabAccess, LabStatus } from './lab';

/** Longer than a droplet needs to install its packages from an archive that is slow today. Milliseconds. */
const PATIENCE = 10 * 60_000;

/**
 * Waits until the stack is ready. One with a site is asked, first for the front page, then for the path that it declares; of any other
 * one every droplet has to be set up.
 *
 * @returns the front page
 */
export async function untilReady(
  { site }: LabAccess,
  { name, ready }: { readonly name: string; readonly ready?: string },
  { say }: Progress,
): Promise<string | undefined> {
  say('Droplets are installing their packages');
  if (site.domain === undefined && ready === undefined) {
    await untilSetUp(name);
    say('Every droplet is set up');
    return undefined;
  }
  const deadline = Date.now() + PATIENCE;
  const answers = (path: string, isGood: (answer: Answer) => boolean) =>
    untilAnswer(() => askSite(site, path, { verify: false }), isGood, deadline);
  // Whatever an application says: only a 5xx means that it isn't there.
  await answers('/', ({ status }) => status < 500);
  say('The front page answers');
  if (ready !== undefined) {
    await answers(ready, ({ status }) => status === 200);
    say(`Nothing is missing: ${ready} answers 200`);
  }
  return (await askSite(site, '/')).text;
}

/** @throws one sentence when cloud-init failed on a droplet, or is not done in time */
async function untilSetUp(name: string): Promise<void> {
  const { droplets } = await ask<LabStatus>(name, 'GET', '/status');
  const waits = droplets.map(async ({ name: droplet, initPid = 0 }) => {
    const command = [...enter(initPid), 'cloud-init', 'status', '--wait'];
    const { status } = await attempt(command, { timeout: PATIENCE });
    // 2 is a mistake that cloud-init could pass over.
    if (status !== 0 && status !== 2) {
      throw new Error(`cloud-init failed on ${droplet}; /var/log/cloud-init-output.log there says why.`);
    }
  });
  await Promise.all(waits);
}

async function untilAnswer(
  ask: () => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
  deadline: number,
): Promise<void> {
  let last = 'no answer';
  const isSo = async () => {
    const answer = await ask().catch((error: Error) => error);
    last = answer instanceof Error ? answer.message : `${answer.status} ${answer.text}`;
    return !(answer instanceof Error) && isGood(answer);
  };
  const otherwise = () => `The stack does not serve after ${PATIENCE / 60_000} minutes: ${last.trim()}`;
  await until(isSo, { within: deadline - Date.now(), otherwise, pause: 250 });
}
