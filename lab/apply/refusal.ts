/** What the user asked for can't be done, or not by this evaluator. Its message is the whole report. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param reasons one sentence each: where, what was found, what would be right */
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join('\n'));
  }
}

/** The words of any error, for the user. */
export function messageOf(error: unknown): string {
  // Node's own errors are no instances of the Error of a test's realm.
  return String((error as Partial<Error> | null)?.message ?? error);
}
