/** A call that the lab accepts, as things are. */
export interface GoodCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A part of the account: what parameters of paths stand for, and the bodies of its calls. */
export interface WorldPart {
  readonly parameters: Readonly<Record<string, string | number>>;
  /** What they stand for in single calls, where that is something else. */
  readonly of?: Readonly<Record<string, WorldPart['parameters']>>;
  readonly bodies: Readonly<Record<string, GoodCall['body']>>;
}

/** Creates a thing and gives the answer. */
// biome-ignore lint/suspicious/noExplicitAny: an answer may be anything
export type Make = (path: string, body: object) => Promise<any>;
