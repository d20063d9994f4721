import type { Fault } from '../drill/run/fault-log';
import type { Sample } from '../load/sample';
import type { Move } from './moves';

/** How exactly it is known when a fault and a move took effect. Milliseconds. */
const MARGIN = 250;

/**
 * Answers that nobody can have given: asked for when the holder of the Reserved IP was out of reach already, and there before it had
 * another holder. They tell of a fault of the lab, which makes an outage look shorter than it was.
 *
 * @param active id of the droplet that holds the IP before the first move
 */
export function unexplained(
  samples: readonly Sample[],
  active: number,
  { faults, moves }: { faults: readonly Fault[]; moves: readonly Move[] },
): Sample[] {
  const outages = faults.flatMap(({ cutOff, from, to = Number.POSITIVE_INFINITY }) => {
    const last = moves.findLast(({ time }) => time <= from);
    const holder = last ? last.to : active;
    const next = moves.find(({ time }) => time > from)?.time ?? Number.POSITIVE_INFINITY;
    return cutOff !== undefined && cutOff === holder
      ? [{ from: from + MARGIN, to: Math.min(to, next) - MARGIN }]
      : [];
  });
  return samples.filter(
    ({ outcome, sent, done }) => outcome === 'ok' && outages.some(({ from, to }) => sent > from && done < to),
  );
}
