import type { Drill } from './experiment';

const UNITS = ['scale-up-reserved-ip', 'haproxy'];
/** A droplet of the lab can't set its clock, which is the machine's: its daemons are told another time instead. */
const DROP_IN = (unit: string) => `/run/systemd/system/${unit}.service.d`;
const skew = (unit: string) =>
  `mkdir -p ${DROP_IN(unit)} && printf '[Service]\\nEnvironment=LD_PRELOAD=%s FAKETIME=+5m\\n' $(ls /usr/lib/*/faketime/libfaketime.so.1) > ${DROP_IN(unit)}/skew.conf`;

export default {
  number: 31,
  title: 'The clock of one load balancer is 5 minutes ahead, and the other one loses power',
  hypothesis: 'Nothing is decided by the time of day: it serves within 2 s, besides what the API needs.',
  limits: { gap: 2, moves: 1 },
  async method(lab) {
    const standby = (script: string) => lab.exec(lab.standby, 'sh', '-c', script);
    const restart = `systemctl daemon-reload && systemctl restart ${UNITS.join(' ')}`;
    await standby('apt-get -qq install -y faketime >/dev/null 2>&1');
    const set = `${UNITS.map(skew).join(' && ')} && ${restart}`;
    const reset = `rm -f ${UNITS.map((unit) => `${DROP_IN(unit)}/skew.conf`).join(' ')}; ${restart}`;
    await lab.break(
      `clock of ${lab.standby} 5 minutes ahead`,
      () => standby(set),
      () => standby(reset),
    );
    await lab.untilWhole(30);
    await lab.powerOff(lab.active);
    await lab.untilServing(60);
    await lab.wait(2);
  },
} satisfies Drill;
