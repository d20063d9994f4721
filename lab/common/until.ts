import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds. */
  readonly within: number;
  /** What is said when they are over. */
  readonly otherwise: string | (() => string);
  /** Milliseconds from one answer to the next question. @default 50 */
  readonly pause?: number;
}

/** Asks until there is an answer (neither false, 0, empty nor undefined), and resolves to it. Rejects when none comes in time, and when asking rejects. */
export async function until<T>(
  ask: () => T | Promise<T>,
  { within, otherwise, pause = 50 }: Patience,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + within; ; await sleep(pause)) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(typeof otherwise === 'string' ? otherwise : otherwise());
  }
}
