import { TestEnvironment } from 'jest-environment-node';

/** What jest-circus tells of, as far as it concerns us. */
interface TestEvent {
  readonly name: string;
  readonly test?: { readonly errors: readonly unknown[] };
}

/** Node.js, and whatever a file of tests has put into the global `onFailure` is done at once when one of them has failed. */
export default class extends TestEnvironment {
  async handleTestEvent({ name, test }: TestEvent): Promise<void> {
    const failed = name === 'hook_failure' || (name === 'test_done' && (test?.errors.length ?? 0) > 0);
    if (failed) await (this.global as { onFailure?: () => Promise<void> }).onFailure?.();
  }
}
