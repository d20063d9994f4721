import type { Drill } from './experiment';

/** Replaces droplets by one deployment, of which nobody may notice anything: one bar for all that is changed so. */
export const unnoticedReplacement = (
  droplets: readonly string[],
  { moves }: { readonly moves: number },
): Pick<Drill, 'limits' | 'runs' | 'calm' | 'method'> => ({
  limits: { gap: 0.5, failed: 0, unknown: 0, moves },
  runs: 5,
  calm: 5,
  async method(lab) {
    await lab.replace(...droplets);
    await lab.untilWhole(120);
  },
});
