import type { Band } from '../ledger';
import type { Sample } from '../load/sample';
import type { Move } from './marks';

/** How exactly it is known when a fault and a move took effect. Milliseconds. */
const MARGIN = 250;

/** What brings the holder of the Reserved IP out of visitors' reach altogether. */
const unreachable = (holder: string) => [`power off ${holder}`, `cut ${holder}:public from everyone`];

/**
 * Answers that nobody can have given: asked for when the holder of the Reserved IP was out of reach already, and there before it had
 * another holder. They tell of a fault of the lab, which makes an outage look shorter than it was.
 *
 * @param active who holds the IP before the first move
 */
export function unexplained(
  samples: readonly Sample[],
  active: string,
  { bands, moves }: { bands: readonly Band[]; moves: readonly Move[] },
): Sample[] {
  const outages = bands.flatMap(({ what, from, to = Number.POSITIVE_INFINITY }) => {
    const holder = moves.findLast(({ time }) => time <= from)?.to ?? active;
    const next = moves.find(({ time }) => time > from)?.time ?? Number.POSITIVE_INFINITY;
    return unreachable(holder).includes(what)
      ? [{ from: from + MARGIN, to: Math.min(to, next) - MARGIN }]
      : [];
  });
  return samples.filter(
    ({ outcome, sent, done }) => outcome === 'ok' && outages.some(({ from, to }) => sent > from && done < to),
  );
}
