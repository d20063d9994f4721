/** Bytes that are written bit by bit, the highest first. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private count = 0;

  /** Writes the lowest bits of a number, 24 at most. */
  write(value: number, bits: number): void {
    this.pending = (this.pending << bits) | (value & ((1 << bits) - 1));
    this.count += bits;
    while (this.count >= 8) {
      this.count -= 8;
      this.bytes.push((this.pending >>> this.count) & 255);
    }
  }

  /** The bytes, the last one filled up with zeros. */
  end(): Uint8Array {
    if (this.count > 0) this.write(0, 8 - this.count);
    return Uint8Array.from(this.bytes);
  }
}
