import type { Drill } from '../run/experiment';

/** Seconds of random trouble. */
const STORM = 6;

/** A cut as a schedule has it: between whom, and from when to when, in seconds. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  /** "active", "standby:public", "everyone", "api" */
  readonly ends: readonly [string, string];
  readonly oneWay: boolean;
}

/** What happens for a seed: cuts that end, and perhaps one that stays, which leaves one load balancer well. */
export interface Schedule {
  readonly storm: readonly Cut[];
  readonly lasting: readonly [string, string] | undefined;
}

export function schedule(seed: number): Schedule {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const ends = (): [string, string] => {
    const [one, other] = pick([
      ['active', 'standby'],
      ['standby', 'active'],
    ] as const);
    return pick([
      [one, other],
      [`${one}:public`, 'everyone'],
      [`${one}:public`, 'client'],
      [`${one}:public`, 'api'],
    ]);
  };
  const long = (): Cut[] => {
    const from = next() * (STORM - 2);
    return [{ from, to: Math.min(from + 0.3 + next() * 6, STORM), ends: ends(), oneWay: next() < 0.3 }];
  };
  const flapping = (): Cut[] => {
    const [start, who] = [next() * 3, ends()];
    return Array.from({ length: 6 }, (_, i) => ({
      from: start + i * 0.8,
      to: start + i * 0.8 + 0.4,
      ends: who,
      oneWay: false,
    }));
  };
  const storm = Array.from({ length: 1 + Math.floor(next() * 4) }, () =>
    pick([long, long, long, flapping])(),
  ).flat();
  const lasting = pick([
    undefined,
    ['active:public', 'everyone'],
    ['standby:public', 'everyone'],
    ['active', 'standby'],
  ] as const);
  return { storm, lasting };
}

export default {
  number: 32,
  title:
    'Random cuts, by seed: between the two, from the world, from the API, one way, flapping; the last may stay',
  hypothesis:
    'Within 10 s of the end of the storm the Reserved IP is at a load balancer that serves, besides the API and the cool-off.',
  // Each move doubles the cool-off, which begins with 2 s; the API needs 1 s.
  limits: ({ moves }) => ({ healed: 10 + 1 + 2 ** moves.length }),
  runs: 20,
  calm: 5,
  async method(lab) {
    const { storm, lasting } = schedule(lab.seed);
    const named = (end: string) => end.replace('active', lab.active).replace('standby', lab.standby);
    await Promise.all(
      storm.map(async ({ from, to, ends: [one, other], oneWay }) => {
        await lab.wait(from);
        const cut = await lab.cut(named(one), named(other), oneWay);
        await lab.wait(to - from);
        await lab.mend(cut);
      }),
    );
    if (lasting) await lab.cut(named(lasting[0]), named(lasting[1]));
    await lab.healed();
    await lab.untilServing(20);
  },
} satisfies Drill;

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
