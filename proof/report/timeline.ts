import type { LabEvent } from '../../lab/common/events';
import type { Site } from '../stack/running-stack';
import type { Gap } from './figures';
import { isAssignment, movesIn } from './moves';

/** A shorter gap is no outage: nothing to explain. Seconds. */
const OUTAGE = 0.25;

/** When what happened, in milliseconds since 1970; undefined: it didn't. */
export interface Marks {
  readonly fault?: number;
  /** Before and after the longest gap. */
  readonly lastSuccess?: number;
  /** A load balancer saw that the active one is gone. */
  readonly detection?: number;
  /** It asked the API to move the Reserved IP. */
  readonly apiCall?: number;
  /** The Reserved IP moved. */
  readonly apiDone?: number;
  readonly firstSuccess?: number;
}

/** The marks of what followed a fault. */
export async function marksOf(
  site: Site,
  { fault, gap, events }: { fault: number; gap: Gap; events: readonly LabEvent[] },
): Promise<Marks> {
  const move = movesIn(events).find(({ time }) => time > fault);
  const call = events.find((event) => isAssignment(event) && Date.parse(event.time) > fault);
  const outage = gap.seconds > OUTAGE ? { lastSuccess: gap.from, firstSuccess: gap.to } : {};
  return {
    fault,
    ...outage,
    detection: await detection(site, fault, call ? Date.parse(call.time) : Number.POSITIVE_INFINITY),
    apiCall: call && Date.parse(call.time) - (call as { milliseconds: number }).milliseconds,
    apiDone: move?.time,
  };
}

/** The last time that a load balancer noticed something before it called the API. */
async function detection(site: Site, fault: number, call: number): Promise<number | undefined> {
  const { unit, line } = site.stack.detection;
  const journals = (await site.loadBalancers()).map((name) => site.journal(name, unit, fault));
  const times = (await Promise.all(journals)).flat().flatMap(({ text, time }) => {
    const found = line.exec(text);
    return found ? [time - Number(found[1] ?? 0)] : [];
  });
  const before = times.filter((time) => time <= call);
  return before.length > 0 ? Math.max(...before) : undefined;
}
