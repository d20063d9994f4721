import { z } from 'zod';
import { ApiError, tooManyRequests, unprocessable } from './errors';

/**
 * What can go wrong with a call:
 * `delay` answers later; `429`, `422`, `500`, `502`, `503`, `504` refuse it; `dead` closes the connection; `hang` never answers;
 * `lost-answer` does what was asked and closes the connection; `never-completes` accepts it, and its action stays in progress.
 */
export const faultKinds = [
  'delay',
  '429',
  '422',
  '500',
  '502',
  '503',
  '504',
  'dead',
  'hang',
  'lost-answer',
  'never-completes',
] as const;

export const faultSchema = z.strictObject({
  /** "POST /v2/reserved_ips/*\/actions": a method or *, then a path; * stands for one part of it, ** for all that follows. */
  call: z
    .string()
    .regex(/^(\*|GET|POST|PUT|PATCH|DELETE|HEAD) \/\S*$/, 'must be like "POST /v2/reserved_ips/*/actions"'),
  kind: z.enum(faultKinds),
  /** Of `delay`. */
  milliseconds: z.int().min(0).max(600_000).default(1000),
  /** Seconds in Retry-After, of `429`. */
  retryAfter: z.int().min(0).max(3600).default(1),
  /** Of `422`. */
  message: z.string().default('Droplet already has a pending event.'),
  /** How many calls it befalls. @default - all */
  times: z.int().min(1).optional(),
});
export type FaultSpec = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { readonly id: number };

/** The faults that are set, in memory only: a restart heals them. */
export class Faults {
  private readonly faults = new Map<
    number,
    { readonly fault: Fault; readonly pattern: RegExp; left: number }
  >();
  private next = 1;
  /** Those set and not taken away; one that is used up may still hold calls and actions. */
  private readonly known = new Set<number>();
  private readonly waiting = new Map<number, Set<() => void>>();

  constructor(private readonly onRemove: (id: number) => void) {}

  list(): Fault[] {
    return [...this.faults.values()].map(({ fault }) => fault);
  }

  /** @throws ZodError when the fault makes no sense */
  set(spec: FaultSpec): Fault {
    const fault = { ...faultSchema.parse(spec), id: this.next++ };
    this.known.add(fault.id);
    this.faults.set(fault.id, {
      fault,
      pattern: pattern(fault.call),
      left: fault.times ?? Number.POSITIVE_INFINITY,
    });
    return fault;
  }

  /** Whether one was set and not taken away, used up or not. */
  has(id: number): boolean {
    return this.known.has(id);
  }

  /** Takes one fault away, or all, used up or not; calls that hang and actions that were held go on. */
  clear(id?: number): void {
    for (const key of id === undefined ? [...this.known] : [id]) {
      this.known.delete(key);
      this.faults.delete(key);
      this.onRemove(key);
      for (const release of this.waiting.get(key) ?? []) release();
      this.waiting.delete(key);
    }
  }

  /** The fault that befalls a call, used up by one. */
  take(method: string, path: string): Fault | undefined {
    const match = [...this.faults.values()].find(({ pattern }) => pattern.test(`${method} ${path}`));
    if (!match) return undefined;
    match.left -= 1;
    if (match.left <= 0) this.faults.delete(match.fault.id);
    return match.fault;
  }

  /** Resolves when the fault is taken away. */
  async removal(id: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const waiting = this.waiting.get(id) ?? new Set();
      this.waiting.set(id, waiting.add(resolve));
    });
  }
}

function pattern(call: string): RegExp {
  const [method = '*', path = ''] = call.split(' ');
  const parts = path.split('/').map((part) => {
    if (part === '**') return '.*';
    if (part === '*' || part.startsWith(':')) return '[^/]+';
    return part.replace(/[.+^${}()|[\]\\*?]/g, '\\$&');
  });
  return new RegExp(`^${method === '*' ? '[A-Z]+' : method} ${parts.join('/')}$`);
}

/** The refusal that a fault stands for, if it is one. */
export function refusal(fault: Fault): ApiError | undefined {
  if (fault.kind === '429') return tooManyRequests(fault.retryAfter);
  if (fault.kind === '422') return unprocessable(fault.message);
  if (/^5\d\d$/.test(fault.kind))
    return new ApiError(Number(fault.kind), 'server_error', 'Unexpected server-side error');
  return undefined;
}
