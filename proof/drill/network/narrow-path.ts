import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';

const FILE = '/static/drill.bin';
const BYTES = 100_000;
/** Every tunnel that carries IPv6 carries as much. */
const MTU = 1280;
const CURL = "curl --silent --max-time 20 --output /dev/null --write-out '%{time_total} %{http_code}'";

/** Seconds until a visitor has an answer to what a shell command asks; the path is added to it. */
async function seconds(lab: Actions, script: string, path: string, status: RegExp): Promise<number> {
  const [time, code] = (await lab.asVisitor('sh', '-c', `${script} "$@"; true`, 'sh', path)).split(' ');
  return status.test(String(code)) ? Number(time) : Number.POSITIVE_INFINITY;
}

export default {
  number: 34,
  title: 'Visitors are behind a tunnel: packets above 1280 bytes are lost on their way, and nobody is told',
  hypothesis: 'They get and send large things as soon as anybody.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  runs: 5,
  calm: 5,
  async method(lab) {
    for (const web of ['web-1', 'web-2']) {
      const file = `/var/www/html${FILE}`;
      const make = () => lab.exec(web, 'sh', '-c', `head -c ${BYTES} /dev/urandom > ${file}`);
      await lab.set(`a file of ${BYTES} bytes on ${web}`, make, () => lab.exec(web, 'rm', '-f', file));
    }
    const get = () => seconds(lab, CURL, FILE, /^200$/);
    const send = () =>
      seconds(lab, `head -c ${BYTES} /dev/zero | ${CURL} --data-binary @-`, '/notes', /^4\d\d$/);
    await lab.narrow('client', MTU);
    await lab.wait(1);
    for (const [what, transfer] of Object.entries({ get, send })) {
      const took = [await transfer(), await transfer(), await transfer()].sort((a, b) => a - b);
      await lab.find(`${what} ${BYTES / 1000} KB: ${took.map((time) => time.toFixed(2)).join(', ')} s`);
      await lab.expect(`visitors ${what} it within a second`, async () => took.every((time) => time < 1));
    }
    await lab.wait(5);
  },
} satisfies Drill;
