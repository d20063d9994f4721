/** A mistake that the user can mend. Its message is the whole report: no stack trace is shown for it. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** @param mistakes one sentence each: where, what was found, what would be right */
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}
