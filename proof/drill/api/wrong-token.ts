import type { Drill } from '../run/experiment';

const FILE = '/etc/scale-up/secrets/reserved-ip-token';
const UNIT = 'scale-up-reserved-ip';

export default {
  number: 29,
  title: 'The token on both load balancers is wrong, as when it has expired',
  hypothesis:
    'Service goes on, the Reserved IP stays, the redundancy path names both, and the journal says it once.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const both = [lab.active, lab.standby];
    const everywhere = (script: string) =>
      Promise.all(both.map((name) => lab.exec(name, 'sh', '-c', script)));
    const spoil = `cp -p ${FILE} ${FILE}.good && echo wrong > ${FILE} && systemctl restart ${UNIT}`;
    const restore = `mv ${FILE}.good ${FILE} && systemctl restart ${UNIT}`;
    const begun = Date.now();
    await lab.break(
      'wrong token',
      () => everywhere(spoil),
      () => everywhere(restore),
    );
    await lab.wait(15);
    await lab.expect('the redundancy path names both', async () => {
      const said = await lab.asVisitor('curl', '--silent', '/-/redundancy');
      return both.every((name) => said.includes(`${name}: the API refuses its token`));
    });
    await lab.expect('the standby says once that the API refuses its token', async () => {
      const lines = await lab.journal(lab.standby, UNIT, begun);
      return lines.filter(({ text }) => /401 to GET: .*Unable to authenticate/.test(text)).length === 1;
    });
  },
} satisfies Drill;
