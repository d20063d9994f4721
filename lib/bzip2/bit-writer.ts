/** Bytes that are written bit by bit, the highest first. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private count = 0;

  /** Writes the lowest bits of a number, 24 at most. */
  write(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.pending = (this.pending << 1) | ((value >> bit) & 1);
      this.count += 1;
      if (this.count === 8) {
        this.bytes.push(this.pending);
        this.pending = this.count = 0;
      }
    }
  }

  /** The bytes, the last one filled up with zeros. */
  end(): Uint8Array {
    while (this.count > 0) this.write(0, 1);
    return Uint8Array.from(this.bytes);
  }
}
