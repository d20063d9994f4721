import type { Drill } from './experiment';

const plan = (flows: 'stay' | 'cut', how: string, work: Drill['method']): Drill => ({
  number: 9,
  variant: `${how}, open connections ${flows === 'stay' ? 'stay' : 'are cut'}`,
  title: 'The active load balancer is to rest',
  hypothesis:
    flows === 'stay'
      ? 'No request fails, whatever connection it comes by.'
      : 'No request on a new connection fails: what the provider cuts nobody can keep.',
  limits: { ...(flows === 'stay' ? { failed: 0, unknown: 0 } : {}), failedOnNew: 0, moves: 1 },
  runs: 5,
  async method(lab) {
    await lab.flows(flows);
    await work(lab);
    await lab.wait(3);
  },
});

const handOver: Drill['method'] = async (lab) => {
  await lab.exec(lab.active, 'scale-up', 'handover');
};
const reboot: Drill['method'] = (lab) => lab.reboot(lab.active);

export default [
  plan('stay', 'handover', handOver),
  plan('stay', 'reboot', reboot),
  plan('cut', 'handover', handOver),
  plan('cut', 'reboot', reboot),
];
