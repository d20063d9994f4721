import { byHand } from '../../stack/compared-stacks';
import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';
import { APPS, bad, good } from './release';

/**
 * As `docker compose` would have it: by the name of the service, on the network of the host, started anew whatever happens. A droplet
 * of a lab has no pids controller to hand on, so no limit of it.
 */
const start = (image: string) =>
  `podman run --detach --name shop --restart=always --network=host --pids-limit=0 --read-only --env-file=/etc/scale-up/secrets/app.env --env=PORT=8080 --volume=/etc/scale-up/database-ca.pem:/etc/scale-up/database-ca.pem:ro ${image}`;

const image = (tag: string) => `${byHand.releases?.place}:${tag}`;

/** On one app server, as `docker compose pull && docker compose up --detach` would. */
const deploy = (lab: Actions, app: string, tag: string) =>
  lab.exec(
    app,
    'sh',
    '-ec',
    `podman pull --quiet ${image(tag)}; podman stop --time=10 shop; podman rm shop; ${start(image(tag))}`,
  );

/** One after the other, as soon as each command has ended. */
async function deployEverywhere(lab: Actions, tag: string): Promise<void> {
  for (const app of APPS) await deploy(lab, app, tag);
}

/** Takes the containers out of our hands, once in a lab: what users meet meanwhile does not count. */
async function takeOver(lab: Actions): Promise<void> {
  for (const app of APPS) {
    const isOurs = 'systemctl is-active --quiet app && echo yes || true';
    if ((await lab.look(app, isOurs)).trim() !== 'yes') continue;
    await lab.exec(app, 'sh', '-ec', `systemctl stop app app@1 app@2; ${start(image('1.0'))}`);
  }
  await lab.untilServing(120);
  await lab.wait(5);
  await lab.begin();
}

const served = (lab: Actions) =>
  lab.look(APPS[0] ?? '', "podman inspect --format='{{.ImageName}}' shop").then((name) => name.trim());

const goodByHand = {
  ...good,
  stack: byHand,
  hypothesis:
    'On one server after the other the image is pulled, the container stopped, and the new one started.',
  async method(lab) {
    await takeOver(lab);
    const begun = Date.now();
    await deployEverywhere(lab, (await served(lab)) === image('1.0') ? '2.0' : '1.0');
    await lab.find(`the deployment took ${Math.round((Date.now() - begun) / 1000)} s`);
    await lab.untilServing(120);
  },
} satisfies Drill;

const badByHand = {
  ...bad,
  stack: byHand,
  hypothesis: 'Nothing refuses it: it is on both servers when somebody sees it, and goes back at once.',
  async method(lab) {
    await takeOver(lab);
    const before = (await served(lab)).replace(/.*:/, '');
    await deployEverywhere(lab, '3.0');
    const begun = Date.now();
    await deployEverywhere(lab, before);
    await lab.find(`going back took ${Math.round((Date.now() - begun) / 1000)} s`);
    await lab.untilServing(120);
  },
} satisfies Drill;

export default [goodByHand, badByHand] satisfies Drill[];
