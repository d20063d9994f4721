import { EventEmitter } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';

/** What each kind of event says, besides its time and kind. */
export interface EventFields {
  /** One call of the DigitalOcean API; `token` is the name of the token, never the token. */
  readonly api: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly milliseconds: number;
    readonly token?: string;
    readonly requestId: string;
    /** Keys of the body that DigitalOcean's API does not have. */
    readonly ignored?: readonly string[];
  };
  /** A droplet changed its state, or an action on it began, completed or failed. */
  readonly droplet: {
    readonly id: number;
    readonly name: string;
    readonly state: string;
    readonly action?: string;
    readonly error?: string;
  };
  /** A Reserved IP points to another droplet (or, with null, to none). */
  readonly 'reserved-ip': { readonly ip: string; readonly dropletId: number | null; readonly name?: string };
  /** A server behind a load balancer went up or down. */
  readonly server: { readonly loadBalancer: string; readonly server: string; readonly state: string };
  readonly dns: { readonly name: string; readonly type: string; readonly answer: string };
  /** A fault was set or taken away, on a call of the API or on the network. */
  readonly fault: { readonly what: string; readonly set: boolean };
  readonly lab: { readonly message: string };
}

export type EventKind = keyof EventFields;
export type LabEvent = {
  [K in EventKind]: { readonly time: string; readonly kind: K } & EventFields[K];
}[EventKind];

/** Everything that happens in a lab, as one stream; with `file`, also as JSON lines on disk. */
export class Events {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly descriptor: number | undefined;

  constructor(file?: string) {
    this.descriptor = file === undefined ? undefined : openSync(file, 'a', 0o600);
  }

  /** Calls `listener` for each later event; the returned function ends that. */
  on(listener: (event: LabEvent) => void): () => void {
    this.emitter.on('event', listener);
    return () => this.emitter.off('event', listener);
  }

  emit<K extends EventKind>(kind: K, fields: EventFields[K]): void {
    const event = { time: new Date().toISOString(), kind, ...fields } as LabEvent;
    if (this.descriptor !== undefined) writeSync(this.descriptor, `${JSON.stringify(event)}\n`);
    this.emitter.emit('event', event);
  }

  close(): void {
    this.emitter.removeAllListeners();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}
