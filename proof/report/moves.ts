import { readFileSync } from 'node:fs';
import type { LabEvent } from '../../lab/common/events';
import { eventsFile } from '../../lab/instance/runtime-paths';

/** A move of the Reserved IP. */
export interface Move {
  readonly time: number;
  /** Id of the droplet that holds it from then on; null: nobody does. */
  readonly to: number | null;
  /** Seconds since the API accepted it: what is the provider's own. */
  readonly seconds: number;
}

/** What happened in a lab since then, as its event stream has it. */
export function eventsSince(lab: string, since: number): LabEvent[] {
  const lines = readFileSync(eventsFile(lab), 'utf8').split('\n').filter(Boolean);
  return lines.map((line): LabEvent => JSON.parse(line)).filter(({ time }) => Date.parse(time) >= since);
}

export function movesIn(events: readonly LabEvent[]): Move[] {
  let accepted: number | undefined;
  const moves: Move[] = [];
  for (const event of events) {
    const time = Date.parse(event.time);
    if (isAssignment(event) && event.status === 201) accepted = time - event.milliseconds;
    if (event.kind === 'reserved-ip') {
      moves.push({ time, to: event.dropletId, seconds: (time - (accepted ?? time)) / 1000 });
    }
  }
  return moves;
}

export function isAssignment(event: LabEvent): event is LabEvent & { kind: 'api' } {
  return (
    event.kind === 'api' &&
    event.method === 'POST' &&
    /\/(reserved|floating)_ips\/[^/]+\/actions$/.test(event.path)
  );
}
