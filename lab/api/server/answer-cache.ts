import { gzipSync } from 'node:zlib';
import type { Cloud } from './cloud';
import { jsonOf } from './digits';
import type { Caller } from './scopes';

/** Bytes of answers that are kept at most: a page of droplets has a megabyte. */
const MOST = 8 * 1024 * 1024;
/** Bytes from which on an answer is worth being compressed. */
const LARGE = 16 * 1024;

/** An answer as it is sent. */
export class KnownAnswer {
  private zipped?: Buffer;

  constructor(readonly text: Buffer) {}

  /** Compressed, if that is worth its time: most of the time that a large answer takes goes by in copying it. */
  get gzip(): Buffer | undefined {
    if (this.text.length < LARGE) return undefined;
    this.zipped ??= gzipSync(this.text, { level: 1 });
    return this.zipped;
  }
}

/**
 * Answers to GET calls, for as long as nothing has changed, at most to the end of a second: what an answer says of the time
 * has no fractions of one.
 */
export class AnswerCache {
  /** By who asked, and for what. */
  private readonly answers = new Map<Caller, Map<string, KnownAnswer>>();
  private bytes = 0;
  private state = '';

  constructor(private readonly cloud: Cloud) {}

  get(caller: Caller, url: string): KnownAnswer | undefined {
    this.forgetOld();
    return this.answers.get(caller)?.get(url);
  }

  /** The answer as it is sent. */
  set(caller: Caller, url: string, answer: unknown): Buffer {
    this.forgetOld();
    const text = Buffer.from(jsonOf(answer));
    if (this.bytes + text.length > MOST) return text;
    const own = this.answers.get(caller) ?? new Map<string, KnownAnswer>();
    this.answers.set(caller, own.set(url, new KnownAnswer(text)));
    this.bytes += text.length;
    return text;
  }

  private forgetOld(): void {
    const state = `${this.cloud.version} ${Math.floor(Date.now() / 1000)}`;
    if (state === this.state) return;
    this.state = state;
    this.answers.clear();
    this.bytes = 0;
  }
}
