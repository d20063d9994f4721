import { ROLES, type Role } from '../../lib/role';

/** A droplet's role; the app tier has two kinds. */
export type Kind = Role | 'container';
export const KINDS: readonly Kind[] = [...ROLES, 'container'];

/** One thing that a baseline asks for, and what becomes of it on the droplets: a check that they pass, or the reason for none. */
export interface Control {
  /** Its number in the baseline. */
  readonly id: string;
  /** What it asks for, in our words. */
  readonly asks: string;
  readonly check?: Check;
  /** Of a control without a check why it has none; of one with a check, in what that is less or more than asked for, and why. */
  readonly reason?: string;
}

/** What a droplet shows when it is as it should be. */
export interface Check {
  /** For bash on the droplet, as root. Errors are printed too, so that one that can't run doesn't pass. */
  readonly command: string;
  /** All that it prints, without the last line end. */
  readonly prints: string;
  readonly on: readonly Kind[];
}

export function asserted(id: string, asks: string, check: Check, reason?: string): Control {
  return { id, asks, check, reason };
}

export function excepted(id: string, asks: string, reason: string): Control {
  return { id, asks, reason };
}

export function prints(command: string, text: string, on: readonly Kind[] = KINDS): Check {
  return { command, prints: text, on };
}

/** For a command that looks for what should not be there. */
export function findsNothing(command: string, on: readonly Kind[] = KINDS): Check {
  return prints(command, '', on);
}
