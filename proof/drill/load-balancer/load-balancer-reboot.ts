import { planned } from './handover';

const plan = (flows: 'stay' | 'cut', runs: number) =>
  planned('The active load balancer is rebooted', flows, runs, (lab) => lab.reboot(lab.active));

export default [plan('stay', 5), plan('cut', 3)];
