import { type Entry, note } from '../../report/journal';

/** A time in which something was broken on purpose. Milliseconds since 1970; without an end it was never mended. */
export interface Fault {
  readonly what: string;
  readonly from: number;
  to?: number;
  /** Id of the droplet that visitors can't reach meanwhile. */
  readonly cutOff?: number;
}

interface Undo {
  readonly what: string;
  readonly work: () => Promise<unknown>;
  readonly fault?: Fault;
}

/** Keeps what was done, what is broken since when, and how to mend it. */
export class FaultLog {
  readonly faults: Fault[] = [];
  readonly run: Entry[] = [];
  readonly rollbacks: Entry[] = [];
  private undos: Undo[] = [];

  /** Breaks something until it is mended, at the latest when all is rolled back. Resolves to its name. */
  async break<T>(
    what: string,
    work: () => Promise<T>,
    undo: (outcome: T) => Promise<unknown>,
    cutOff?: number,
  ): Promise<string> {
    const fault: Fault = { what, from: Date.now(), cutOff };
    this.faults.push(fault);
    const outcome = await this.act(what, work).catch((error: Error) => {
      fault.to = Date.now();
      throw error;
    });
    this.undos.push({ what, fault, work: () => undo(outcome) });
    return what;
  }

  /** Does something that is over when it is done, and that users may notice. */
  async disturb<T>(what: string, work: () => Promise<T>): Promise<T> {
    const fault: Fault = { what, from: Date.now() };
    this.faults.push(fault);
    try {
      return await this.act(what, work);
    } finally {
      fault.to = Date.now();
    }
  }

  /** Sets something that users don't notice, until all is rolled back. */
  async set(what: string, work: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
    await this.act(what, work);
    this.undos.push({ what, work: undo });
  }

  /** Mends what has this name. */
  async mend(what: string): Promise<void> {
    await this.takeBack(
      this.undos.filter((undo) => undo.what === what),
      this.run,
    );
  }

  /** Mends all that is still broken, the last first. */
  async rollBack(): Promise<void> {
    await this.takeBack([...this.undos].reverse(), this.rollbacks);
  }

  protected act<T>(name: string, work: () => Promise<T>): Promise<T> {
    return note(this.run, { type: 'action', name }, work);
  }

  private async takeBack(undos: readonly Undo[], entries: Entry[]): Promise<void> {
    this.undos = this.undos.filter((undo) => !undos.includes(undo));
    for (const { what, fault, work } of undos) {
      if (fault) fault.to = Date.now(); // what is mended may work before the mending is done
      await note(entries, { type: 'action', name: `end: ${what}` }, work);
    }
  }
}
