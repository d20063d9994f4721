import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';

/** `[collection, key, value]`; null deletes the key. */
export type Change = readonly [collection: string, key: string | number, value: unknown];

/** Below this many appended bytes a rewrite is not worth its time. */
const REWRITE_AFTER = 8 * 1024 * 1024;

/**
 * A file of JSON lines, one transaction each. A transaction is with the kernel before it is acknowledged, so it outlives the
 * process whatever kills it (not the machine: nothing waits for the disk). A torn last line is a transaction that nobody was
 * told of, and is cut off. When the file has doubled it is rewritten beside itself and renamed into place.
 */
export class Journal {
  private descriptor: number;
  private appended = 0;
  private rewritten = 0;

  constructor(private readonly file: string) {
    this.descriptor = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
  }

  /** Hands all transactions to `apply`, oldest first. Call once, before anything is appended. */
  replay(apply: (changes: readonly Change[]) => void): void {
    const content = readFileSync(this.file);
    const end = content.lastIndexOf('\n') + 1;
    ftruncateSync(this.descriptor, end);
    const lines = content.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    for (const [index, line] of lines.entries()) apply(this.parse(line, index + 1));
    this.rewritten = end;
    this.reopen();
  }

  append(changes: readonly Change[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    try {
      writeAll(this.descriptor, line);
    } catch (error) {
      ftruncateSync(this.descriptor, this.rewritten + this.appended); // half a line would spoil the next one
      throw error;
    }
    this.appended += line.length;
  }

  get isDueForRewrite(): boolean {
    return this.appended > Math.max(REWRITE_AFTER, this.rewritten);
  }

  /** Replaces all transactions by `lines`, which say the same. A crash leaves either the old file or the new one. */
  rewrite(lines: Iterable<readonly Change[]>): void {
    const temporary = `${this.file}.new`;
    const descriptor = openSync(temporary, 'w', 0o600);
    let bytes = 0;
    for (const changes of lines) {
      const line = Buffer.from(`${JSON.stringify(changes)}\n`);
      writeAll(descriptor, line);
      bytes += line.length;
    }
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(temporary, this.file);
    this.rewritten = bytes;
    this.appended = 0;
    this.reopen();
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private reopen(): void {
    closeSync(this.descriptor);
    this.descriptor = openSync(this.file, 'a', 0o600);
  }

  private parse(line: string, number: number): readonly Change[] {
    try {
      return JSON.parse(line) as readonly Change[];
    } catch {
      throw new Error(
        `${this.file}: line ${number} is damaged; remove the file to start with an empty account.`,
      );
    }
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
