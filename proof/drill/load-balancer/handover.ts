import type { Drill } from '../run/experiment';

/** A planned stop of the active load balancer, where the provider keeps open connections as they are, and where it cuts them. */
export const planned = (
  title: string,
  flows: 'stay' | 'cut',
  runs: number,
  work: Drill['method'],
): Drill => ({
  number: 9,
  variant: flows === 'stay' ? 'open connections go on' : 'open connections are cut',
  title,
  hypothesis:
    flows === 'stay'
      ? 'No request fails, whatever connection it comes by.'
      : 'No request on a new connection fails; what the provider cuts nobody can keep.',
  limits: { ...(flows === 'stay' ? { failed: 0, unknown: 0 } : {}), failedOnNew: 0, moves: 1 },
  runs,
  calm: 5,
  async method(lab) {
    await lab.flows(flows);
    await work(lab);
    await lab.wait(3);
  },
});

const plan = (flows: 'stay' | 'cut', runs: number) =>
  planned('The Reserved IP is handed over by an operator', flows, runs, (lab) =>
    lab.exec(lab.active, 'scale-up', 'handover'),
  );

export default [plan('stay', 5), plan('cut', 3)];
