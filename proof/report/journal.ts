/** The record of one experiment in the shape that chaos tools write and read (Chaos Toolkit's journal). */
export interface Journal {
  readonly experiment: {
    readonly title: string;
    readonly description: string;
    readonly tags: readonly string[];
    readonly 'steady-state-hypothesis': { readonly title: string; readonly probes: readonly Activity[] };
    readonly method: readonly Activity[];
    readonly rollbacks: readonly Activity[];
  };
  readonly platform: string;
  readonly node: string;
  readonly start: string;
  readonly end: string;
  /** Seconds. */
  readonly duration: number;
  /** Completed: it ran to its end, however that was. */
  readonly status: 'completed' | 'failed';
  /** Whether the hypothesis turned out to be wrong. */
  readonly deviated: boolean;
  readonly steady_states: { readonly before: SteadyState; readonly after: SteadyState };
  readonly run: readonly Entry[];
  readonly rollbacks: readonly Entry[];
}

export interface Activity {
  readonly type: 'action' | 'probe';
  readonly name: string;
}

export interface Entry {
  readonly activity: Activity;
  readonly start: string;
  readonly end: string;
  readonly duration: number;
  readonly status: 'succeeded' | 'failed';
  readonly output: unknown;
  /** Of probes. */
  readonly tolerance_met?: boolean;
}

export interface SteadyState {
  readonly steady_state_met: boolean;
  readonly probes: readonly Entry[];
}

/** Does something and adds to the entries how that went. Rejects as what it does. */
export async function note<T>(entries: Entry[], activity: Activity, work: () => Promise<T>): Promise<T> {
  const start = new Date();
  const add = (status: Entry['status'], output: unknown) => {
    const end = new Date();
    const duration = (end.getTime() - start.getTime()) / 1000;
    const met = activity.type === 'probe' ? { tolerance_met: status === 'succeeded' } : {};
    entries.push({
      ...{ activity, start: start.toISOString(), end: end.toISOString(), duration, status, output, ...met },
    });
  };
  try {
    const output = await work();
    // A handle on something that runs says nothing in a record.
    add('succeeded', typeof output === 'object' && output?.constructor !== Object ? null : (output ?? null));
    return output;
  } catch (error) {
    add('failed', (error as Error).message);
    throw error;
  }
}
