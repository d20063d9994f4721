/** What a request asks for: a file from Nginx, a page through app and MySQL, or a note to be written. */
export type Kind = 'static' | 'read' | 'write';

/** Failed: refused, reset, or answered with an error. Unknown: no answer in time, so it may have been carried out. */
export type Outcome = 'ok' | 'failed' | 'unknown';

/** One request of the load. Times are milliseconds since 1970, with fractions. */
export interface Sample {
  readonly index: number;
  readonly kind: Kind;
  /** Sent over a connection that is kept, or over one of its own. */
  readonly kept: boolean;
  /** When it was to be sent: a stall of what is measured does not shift it. */
  readonly due: number;
  readonly sent: number;
  readonly done: number;
  readonly outcome: Outcome;
  /** Status or error, of what isn't ok. */
  readonly reason?: string;
  /** Of a write: its key, which is also its text. */
  readonly key?: string;
  /** Of an acknowledged write: the number of the note. */
  readonly id?: number;
}

/** A time in which the client itself did not run, in milliseconds since 1970: it says nothing about the stack. */
export interface Stall {
  readonly from: number;
  readonly to: number;
}

/** What the client's process is told. */
export interface LoadPlan {
  /** The site as its users know it, such as http://www.foobar.com. */
  readonly url: string;
  /** A certificate (PEM) to trust, for https. @default - the system's */
  readonly authority?: string;
  readonly resolvers: readonly string[];
  /** Where its connections come from. @default - whatever the system chooses */
  readonly address?: string;
  /** Requests per second. */
  readonly rate: number;
  /** Begins the key of every write: letters, digits and hyphens. */
  readonly name: string;
}

/** What the client's process says, several times a second. */
export interface LoadReport {
  readonly samples: readonly Sample[];
  readonly stalls: readonly Stall[];
}
