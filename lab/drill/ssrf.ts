import { answersOf, ssrf } from './attack/ssrf';
import type { Drill } from './experiment';

const APP = 'setpriv --reuid=$uid --regid=$uid --clear-groups';
const UID = 'uid=$(ps -o uid= -p $(systemctl show --value --property=MainPID app) | tr -d " ")';
/** A root of its own in a network of its own, with the programs of the droplet. */
const CONTAINER =
  'podman run --rm --interactive --network=drill --volume=/usr:/usr:ro --volume=/etc/ssl:/etc/ssl:ro --rootfs /srv/drill';
const BUILD =
  'apt-get -qq install -y podman >/dev/null 2>&1; podman network create --subnet=100.64.0.0/24 drill; cd /srv; mkdir drill drill/usr drill/etc; for part in bin lib lib64; do ln -s usr/$part drill/$part; done';
const REMOVE =
  'podman network rm drill; rm -r /srv/drill; apt-get -qq purge -y --autoremove podman >/dev/null 2>&1';
const API =
  'curl --silent --output /dev/null --write-out "%{http_code}" https://api.digitalocean.com/v2/account';
/** Files and environments of processes with a token in them. */
const TOKENS =
  "grep -rlsE --devices=skip --exclude-dir=proc --exclude-dir=sys 'dop_v1_[0-9a-f]{64}' / /proc/[0-9]*/environ || true";

export default {
  number: 27,
  title: 'The application is made to ask the metadata address and the API of DigitalOcean',
  hypothesis:
    'Neither it nor a container gets a word of metadata, however it asks. The API answers, and no app droplet has a token for it.',
  limits: { failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const onApp = (as: string, script: string) =>
      lab.look('app-1', `${UID}; ${as} sh -s <<'END'\n${script}\nEND`);
    const script = ssrf(await lab.reservedIp());
    await lab.set(
      'podman on app-1',
      () => lab.look('app-1', BUILD),
      () => lab.look('app-1', REMOVE),
    );
    const truth = new Set(
      answersOf(await onApp('', script)).filter((answer) =>
        /^(id\n|{"droplet_id|Content-Type: multipart|#)/.test(answer),
      ),
    );
    await lab.expect('root of the droplet gets what there is', async () => truth.size === 3);
    for (const [who, as] of Object.entries({ 'the application': APP, 'root of a container': CONTAINER })) {
      const answers = answersOf(await onApp(as, script));
      const told = answers.filter((answer) => truth.has(answer)).length;
      await lab.find(`${who}: ${told} of ${answers.length} requests gave metadata`);
      await lab.expect(`${who} gets nothing`, async () => told === 0);
      await lab.expect(
        `${who} gets no further at the API than anybody`,
        async () => (await onApp(as, API)) === '401',
      );
    }
    await lab.expect('a token is found where there is one', async () =>
      /reserved-ip-token/.test(await lab.look(lab.active, TOKENS)),
    );
    await lab.expect(
      'no token is on the app droplet, not even for root',
      async () => (await lab.look('app-1', TOKENS)) === '',
    );
  },
} satisfies Drill;
