import type { ServerProcess } from './server-process';

/** The first so many machines have the tag that is asked for, whatever the number of all. */
export const TAGGED = 10;

/** Calls that every emulator has in its own words. */
export const CALLS = [
  'one machine',
  'a page of 20',
  'a page of 200',
  `by tag (${TAGGED} match)`,
  'by name (1 matches)',
] as const;
export type CallName = (typeof CALLS)[number];

/** A local cloud that is measured: records of machines only. */
export interface Emulator {
  readonly server: ServerProcess;
  /** Creates the machine of a number, counted from 0. */
  create(n: number): Promise<unknown>;
  /** How each call is made, once there are machines. */
  calls(): Promise<Readonly<Record<CallName, () => Promise<unknown>>>>;
}
