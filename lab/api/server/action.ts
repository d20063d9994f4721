import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Events } from '../../common/events';
import type { Cloud } from './cloud';
import { Table } from './store';

export interface Action {
  readonly id: number;
  readonly type: string;
  readonly status: 'in-progress' | 'completed' | 'errored';
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly resourceType: string;
  readonly resourceId: number | null;
  readonly region: string;
  /** What the action is about, as `droplet:1`; while it runs these have a pending event. */
  readonly subjects: readonly string[];
  /** What the action needs to know to be done, also after a restart. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Only the time that a thing takes to come into being: no call shows it. */
  readonly isHidden?: boolean;
}

export const ACTIONS = new Table<number, Action, 'bySubject' | 'byPending'>('actions', {
  bySubject: ({ subjects }) => subjects,
  byPending: ({ status, subjects }) => (status === 'in-progress' ? subjects : []),
});

/** The unfinished actions on a subject such as `droplet:1`. */
export function pendingActions(cloud: Cloud, subject: string): Action[] {
  return cloud.of(ACTIONS).byPending.get(subject);
}

export function isPending(cloud: Cloud, subject: string): boolean {
  return cloud.of(ACTIONS).byPending.has(subject);
}

export type NewAction = Pick<
  Action,
  'type' | 'resourceType' | 'resourceId' | 'region' | 'subjects' | 'isHidden'
> & {
  readonly parameters?: Action['parameters'];
};

/** How one type of action is done: first on the hardware, then in the records. */
export interface Work {
  /** @param least resolves when the time that the action takes at least has passed */
  hardware(least: Promise<void>): Promise<void>;
  commit(): void;
}
export type Workers = Readonly<Record<string, (action: Action) => Work>>;

/** Starts actions and brings them to their end. Those that a restart interrupted are done again from their beginning. */
export class Actions {
  private readonly held = new Map<number, number>();
  /** The last piece of hardware work of each subject: work on one thing is done in order. */
  private readonly last = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly cloud: Cloud,
    private readonly events: Events,
    private readonly workers: Workers,
    /** Milliseconds that an action of a type takes at least. */
    private readonly time: (type: string) => number,
    /** There is no hardware to wait for: an action that takes no time is done before the call that began it is answered. */
    private readonly isRecordsOnly: boolean,
    /** What a droplet is called in the events of its actions. */
    private readonly nameOf: (dropletId: number) => string,
  ) {
    setMaxListeners(0, this.closing.signal); // one for each action under way
  }

  /** Records an action. To be called in a transaction; the work begins after it. `fault` holds the action back. */
  start(action: NewAction, fault?: number): Action {
    const id = this.cloud.nextId();
    const record: Action = {
      ...action,
      id,
      parameters: action.parameters ?? {},
      status: 'in-progress',
      startedAt: now(),
      completedAt: null,
    };
    this.cloud.of(ACTIONS).set(id, record);
    this.cloud.store.afterwards(() => {
      if (fault !== undefined) this.held.set(id, fault);
      else if (this.isRecordsOnly && this.time(action.type) === 0) this.finish(record);
      else setImmediate(() => void this.run(id));
    });
    return record;
  }

  /** Knows nothing any more of what was under way. */
  forget(): void {
    this.held.clear();
  }

  /** Lets go on what a fault held back. */
  release(fault: number): void {
    for (const [id, by] of this.held)
      if (by === fault) {
        this.held.delete(id);
        void this.run(id);
      }
  }

  /** Takes up the actions that the last process left. */
  resume(): void {
    for (const action of this.cloud.of(ACTIONS).values())
      if (action.status === 'in-progress') void this.run(action.id);
  }

  /**
   * Does hardware work that is no action of its own (a volume's creation), in order with the work on the same subject.
   * To be called in a transaction; the work begins after it.
   */
  background(subject: string, work: () => Promise<void>): void {
    const failed = (error: unknown) => this.events.emit('lab', { message: `${subject}: ${sentence(error)}` });
    this.cloud.store.afterwards(() => setImmediate(() => void this.inOrder([subject], work).catch(failed)));
  }

  close(): void {
    this.closing.abort();
  }

  private async run(id: number): Promise<void> {
    const action = this.cloud.of(ACTIONS).get(id);
    if (!action || this.closing.signal.aborted) return;
    this.tell(action);
    let error: unknown;
    try {
      const work = this.workOf(action);
      const least: Promise<void> = wait(this.time(action.type), undefined, { signal: this.closing.signal });
      await Promise.all([least, this.inOrder(action.subjects, () => work.hardware(least))]);
    } catch (reason) {
      error = reason;
    }
    if (!this.closing.signal.aborted) this.finish(action, error);
  }

  private workOf(action: Action): Work {
    const worker = this.workers[action.type];
    if (!worker) throw new Error(`nobody does ${action.type}`);
    return worker(action);
  }

  private finish(action: Action, failure?: unknown): void {
    if (this.cloud.of(ACTIONS).get(action.id) !== action) return; // the account is another one by now
    let error = failure;
    try {
      if (error === undefined) this.end(action, 'completed', () => this.workOf(action).commit());
    } catch (reason) {
      error = reason; // what the action was about is gone
    }
    if (error !== undefined) this.end(action, 'errored', () => undefined);
    this.tell(this.cloud.of(ACTIONS).get(action.id) ?? action, error);
    this.cloud.changed();
  }

  private end(action: Action, status: 'completed' | 'errored', commit: () => void): void {
    this.cloud.store.transaction(() => {
      commit();
      this.cloud.of(ACTIONS).set(action.id, { ...action, status, completedAt: now() });
    });
  }

  private async inOrder(subjects: readonly string[], work: () => Promise<void>): Promise<void> {
    const before = Promise.allSettled(subjects.map((subject) => this.last.get(subject)));
    const mine = before.then(work);
    const settled = mine.catch(() => undefined);
    for (const subject of subjects) this.last.set(subject, settled);
    void settled.then(() => {
      for (const subject of subjects) if (this.last.get(subject) === settled) this.last.delete(subject);
    });
    return mine;
  }

  private tell(action: Action, error?: unknown): void {
    if (action.resourceType !== 'droplet' || action.resourceId === null) return;
    const name = this.nameOf(action.resourceId);
    const failure = error === undefined ? {} : { error: sentence(error) };
    this.events.emit('droplet', {
      id: action.resourceId,
      name,
      state: action.status,
      action: action.type,
      ...failure,
    });
  }
}

const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error));
const now = () => new Date().toISOString();
