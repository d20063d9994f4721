import type { Budget } from '../stack/compared-stacks';
import type { Marks } from './timeline';

/** A part of an outage: how long it took beside how long it may take, in seconds. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** undefined: it is nobody's to promise. */
  readonly budget: number | undefined;
}

/** Once the Reserved IP has moved, the next request is answered: they come every 10 ms. Seconds. */
const FIRST_ANSWER = 0.1;

/** The parts between the marks that there are. */
export function phases(marks: Marks, { detection, call }: Budget): Phase[] {
  const parts: [string, number | undefined, number | undefined, number | undefined][] = [
    ['fault until detection', marks.fault, marks.detection, detection],
    ['detection until the call of the API', marks.detection, marks.apiCall, call],
    ["the API's own time for the move", marks.apiCall, marks.apiDone, undefined],
    ['move until the first success', marks.apiDone, marks.firstSuccess, FIRST_ANSWER],
  ];
  if (marks.lastSuccess === undefined) return [];
  return parts.flatMap(([name, from, to, budget]) =>
    from === undefined || to === undefined ? [] : [{ name, seconds: Math.max(to - from, 0) / 1000, budget }],
  );
}
