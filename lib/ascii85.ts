/** Four bytes are a number of five digits to the base 85, which begin at "!": no brace is among them, nor any white space. */
const [BASE, ZERO, BYTES] = [85, 33, 4];
const WEIGHTS = [4, 3, 2, 1, 0].map((power) => BASE ** power);

/** Bytes as text, a quarter longer; as Python's base64.a85decode reads it. */
export function toAscii85(bytes: Uint8Array): string {
  const words: string[] = [];
  for (let i = 0; i < bytes.length; i += BYTES) {
    const word = [0, 1, 2, 3].reduce((sum, n) => sum * 256 + (bytes[i + n] ?? 0), 0);
    const digits = WEIGHTS.map((weight) => ZERO + (Math.floor(word / weight) % BASE));
    words.push(String.fromCharCode(...digits.slice(0, Math.min(bytes.length - i, BYTES) + 1)));
  }
  return words.join('');
}

export function fromAscii85(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += WEIGHTS.length) {
    const digits = text.slice(i, i + WEIGHTS.length);
    // What is missing of the last word is as if the highest digits stood there.
    const word = WEIGHTS.reduce((sum, weight, n) => {
      const digit = n < digits.length ? digits.charCodeAt(n) - ZERO : BASE - 1;
      return sum + digit * weight;
    }, 0);
    bytes.push(
      ...[24, 16, 8, 0].slice(0, digits.length - 1).map((shift) => Math.floor(word / 2 ** shift) % 256),
    );
  }
  return Uint8Array.from(bytes);
}
