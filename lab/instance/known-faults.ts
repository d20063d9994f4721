/** Ends a fault. To end one that is over does nothing. */
type Mend = () => Promise<void> | void;

interface Fault {
  readonly what: string;
  /** What can have one such fault only: another one takes its place. */
  readonly subject?: string;
  readonly mend: Mend;
}

/** What is broken on purpose in a lab, by name. It is known until mending it has worked. */
export class KnownFaults {
  private all: readonly Fault[] = [];

  /** @param tell is told of each name that is set or mended */
  constructor(private readonly tell: (what: string, set: boolean) => void) {}

  get names(): string[] {
    return [...new Set(this.all.map(({ what }) => what))];
  }

  add(what: string, mend: Mend): string {
    return this.set({ what, mend });
  }

  /** Adds what has already taken the place of an earlier fault of the same subject. */
  replace(subject: string, what: string, mend: Mend): string {
    this.forget(this.all.filter((fault) => fault.subject === subject));
    return this.set({ what, subject, mend });
  }

  /** Mends all, or what has this name. Rejects with the first reason when something could not be mended, and goes on to know that. */
  async mend(name?: string): Promise<void> {
    const problems: unknown[] = [];
    for (const fault of this.all.filter(({ what }) => name === undefined || what === name)) {
      try {
        await fault.mend();
        this.forget([fault]);
      } catch (error) {
        problems.push(error);
      }
    }
    if (problems.length > 0) throw problems[0];
  }

  private set(fault: Fault): string {
    this.all = [...this.all, fault];
    this.tell(fault.what, true);
    return fault.what;
  }

  private forget(faults: readonly Fault[]): void {
    const before = this.names;
    this.all = this.all.filter((fault) => !faults.includes(fault));
    for (const what of before) if (!this.names.includes(what)) this.tell(what, false);
  }
}
