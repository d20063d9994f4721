import type { Drill } from './experiment';

const UNIT = 'scale-up-reserved-ip';
const DROP_IN = `/run/systemd/system/${UNIT}.service.d`;
/** A droplet of the lab can't set its clock, which is the machine's: the daemon is told another time of day instead. */
const SKEW = `mkdir -p ${DROP_IN} && printf '[Service]\\nEnvironment=FAKETIME=+5m DONT_FAKE_MONOTONIC=1 LD_PRELOAD=%s\\n' /usr/lib/*/faketime/libfaketime.so.1 > ${DROP_IN}/skew.conf`;
const RESTART = `systemctl daemon-reload && systemctl restart ${UNIT}`;

export default {
  number: 31,
  title: 'The clock of one load balancer is 5 minutes ahead, and the other one loses power',
  hypothesis: 'Nothing is decided by the time of day: it serves within 2 s, besides what the API needs.',
  limits: { gap: 2, moves: 1 },
  async method(lab) {
    const standby = (script: string) => lab.exec(lab.standby, 'sh', '-c', script);
    await standby('apt-get -qq install -y faketime >/dev/null 2>&1');
    const unskew = () => standby(`rm ${DROP_IN}/skew.conf; ${RESTART}`);
    await lab.break('clock of the standby 5 minutes ahead', () => standby(`${SKEW} && ${RESTART}`), unskew);
    await lab.untilWhole(30);
    await lab.powerOff(lab.active);
    await lab.untilServing(40);
    await lab.wait(2);
  },
} satisfies Drill;
