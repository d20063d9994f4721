import { tooManyRequests } from './errors';

export interface RateLimits {
  readonly perHour: number;
  readonly perMinute: number;
}

/** What DigitalOcean allows each token. */
export const DIGITALOCEAN_LIMITS: RateLimits = { perHour: 5000, perMinute: 250 };

/** Calls that each token may make but so often a minute, whatever is left of its limits. */
const SPECIAL: Readonly<Record<string, number>> = { 'GET /v2/account/keys': 10 };

const HOUR = 3600_000;
const MINUTE = 60_000;

/** Counts a token's requests; each counts for one hour after it was made. */
export class RateLimit {
  private readonly times = new Map<string, number[]>();

  constructor(
    private readonly limits: RateLimits,
    private readonly enforced: boolean,
  ) {}

  /**
   * Counts one request and gives the headers of its answer.
   * @throws 429 with Retry-After when a limit is reached (and enforced)
   */
  count(caller: string, call: string, now = Date.now()): Record<string, string> {
    const times = this.recent(caller, now);
    const special = SPECIAL[call];
    const alike = special === undefined ? [] : this.recent(`${caller} ${call}`, now);
    const wait = this.enforced ? Math.max(this.wait(times, now), untilFree(alike, special, MINUTE, now)) : 0;
    if (wait > 0) {
      const error = tooManyRequests(Math.ceil(wait / 1000));
      Object.assign(error.headers, this.headers(0, times, now));
      throw error;
    }
    times.push(now);
    alike.push(now);
    return this.headers(Math.max(this.limits.perHour - times.length, 0), times, now);
  }

  /** The headers of an answer to somebody unknown, whose requests nobody counts. */
  unused(now = Date.now()): Record<string, string> {
    return this.headers(this.limits.perHour, [], now);
  }

  private recent(caller: string, now: number): number[] {
    const times = this.times.get(caller) ?? [];
    const expired = times.findIndex((time) => time > now - HOUR);
    times.splice(0, expired < 0 ? times.length : expired);
    if (times.length > 2 * this.limits.perHour) times.splice(0, times.length - this.limits.perHour);
    this.times.set(caller, times);
    return times;
  }

  private wait(times: readonly number[], now: number): number {
    const { perHour, perMinute } = this.limits;
    return Math.max(untilFree(times, perHour, HOUR, now), untilFree(times, perMinute, MINUTE, now));
  }

  private headers(remaining: number, times: readonly number[], now: number): Record<string, string> {
    return {
      'ratelimit-limit': String(this.limits.perHour),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(Math.ceil(((times[0] ?? now) + HOUR) / 1000)),
    };
  }
}

/** Milliseconds until one more may be added to `times` when so many are allowed in a period. */
function untilFree(
  times: readonly number[],
  allowed: number | undefined,
  period: number,
  now: number,
): number {
  const oldest = allowed === undefined ? undefined : times[times.length - allowed];
  return oldest === undefined ? 0 : Math.max(oldest + period - now, 0);
}
