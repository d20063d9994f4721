import { Transform, type TransformCallback } from 'node:stream';

const LINE_END = Buffer.from('\r\n');
/** Of a chunk's first line: its size, and its signature. */
const LONGEST_LINE = 4096;

/**
 * Takes the frames from content that comes as `aws-chunked`: each chunk after its size in hexadecimal, and a signature that is not
 * looked at; after the last one trailers.
 */
export class AwsChunks extends Transform {
  private rest = Buffer.alloc(0);
  /** Bytes of the present chunk, with its line end, that are still to come. */
  private missing = 0;
  private isOver = false;

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.rest = Buffer.concat([this.rest, data]);
    try {
      while (!this.isOver && this.unframe());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.isOver ? null : new Error('The content ends within a chunk.'));
  }

  /** Takes what is there of a chunk, or of a chunk's first line; false when more has to come. */
  private unframe(): boolean {
    if (this.missing === 0) return this.begin();
    if (this.rest.length === 0) return false;
    const part = this.rest.subarray(0, this.missing);
    const content = part.subarray(0, Math.max(0, this.missing - LINE_END.length));
    if (content.length > 0) this.push(content);
    this.missing -= part.length;
    this.rest = this.rest.subarray(part.length);
    return true;
  }

  private begin(): boolean {
    const end = this.rest.indexOf(LINE_END);
    if (end < 0 && this.rest.length < LONGEST_LINE) return false;
    const size = Number.parseInt(this.rest.subarray(0, Math.max(end, 0)).toString('latin1'), 16);
    if (Number.isNaN(size)) throw new Error('A chunk has no size.');
    this.rest = this.rest.subarray(end + LINE_END.length);
    this.missing = size + LINE_END.length;
    this.isOver = size === 0;
    return true;
  }
}
