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
import { lockFile } from './file-lock';

/** `[collection, key, value]`; null deletes the key. */
export type Change = readonly [collection: string, key: string | number, value: unknown];

/** The first line of every such file. */
const HEADER = '{"digitalocean-lab":"account","version":1}\n';
/** Below this many appended bytes a rewrite is not worth its time. */
const REWRITE_AFTER = 8 * 1024 * 1024;

/**
 * A file of JSON lines, one transaction each. A transaction is with the kernel before it is acknowledged, so it outlives the
 * process whatever kills it (not the machine: nothing waits for the disk). A torn last line is a transaction that nobody was
 * told of, and is cut off. When the file has doubled it is rewritten beside itself and renamed into place.
 */
export class Journal {
  private descriptor = -1;
  private appended = 0;
  private rewritten = 0;
  private unlock = () => {};

  constructor(private readonly file: string) {}

  /**
   * Hands all transactions to `apply`, oldest first. Call once, before anything is appended.
   * @throws Error of one sentence when the file is not one of these, is damaged or in use; it stays as it is then
   */
  replay(apply: (changes: readonly Change[]) => void): void {
    this.unlock = lockFile(this.file);
    try {
      this.read(apply);
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  private read(apply: (changes: readonly Change[]) => void): void {
    const content = existsSync(this.file) ? readFileSync(this.file) : Buffer.alloc(0);
    const isTorn = HEADER.startsWith(content.toString('utf8', 0, HEADER.length)); // empty, or the first line half written
    if (!isTorn && !content.subarray(0, HEADER.length).equals(Buffer.from(HEADER)))
      throw new Error(`${this.file} is no account of the lab's API: choose another file.`);
    const end = content.lastIndexOf('\n') + 1;
    const lines = content.subarray(0, end).toString('utf8').split('\n').slice(1, -1);
    for (const [index, line] of lines.entries()) apply(this.parse(line, index + 2));
    this.descriptor = openSync(this.file, 'a', 0o600);
    ftruncateSync(this.descriptor, end);
    if (end === 0) writeAll(this.descriptor, Buffer.from(HEADER));
    this.rewritten = Math.max(end, HEADER.length);
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
    let bytes = HEADER.length;
    writeAll(descriptor, Buffer.from(HEADER));
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
    this.unlock();
  }

  private reopen(): void {
    closeSync(this.descriptor);
    this.descriptor = openSync(this.file, 'a', 0o600);
  }

  private parse(line: string, number: number): readonly Change[] {
    try {
      const changes: unknown = JSON.parse(line);
      if (Array.isArray(changes) && changes.every(Array.isArray))
        return changes as unknown as readonly Change[];
    } catch {
      // It is no JSON.
    }
    throw new Error(
      `${this.file}: line ${number} is damaged; remove the file to start with an empty account.`,
    );
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
