import type { Drill } from '../run/experiment';

const plan = (variant: string, limits: Drill['limits'], work: Drill['method']): Drill => ({
  number: 15,
  variant,
  title: 'The app on one of two app droplets is killed, or hangs',
  hypothesis: 'Nginx asks the other one; files are not concerned at all.',
  limits: { gap: 1, static: { failed: 0, unknown: 0, slow: 0 }, moves: 0, ...limits },
  async method(lab) {
    await work(lab);
    await lab.wait(10);
  },
});

export default [
  plan('killed', { read: { failed: 0, unknown: 0 } }, (lab) => lab.kill('app-1', 'app')),
  plan('hangs', {}, (lab) => lab.hang('app-1', 'app')),
];
