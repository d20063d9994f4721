/** Tells what is done, step by step, with the seconds since the start. */
export class Progress {
  private readonly start = Date.now();

  constructor(private readonly write: (line: string) => void = (line) => console.log(line)) {}

  /** Bound, so that it can be handed on as it is. */
  readonly say = (step: string): void => {
    this.write(`[${this.seconds().toFixed(1).padStart(6)} s] ${step}`);
  };

  seconds(): number {
    return (Date.now() - this.start) / 1000;
  }
}
