import { BitWriter } from './bit-writer';
import { type Coding, codingOf, encode } from './prefix-codes';
import { sortedRotations } from './sorted-rotations';

/** More does not fit into one block, and user data takes 64 KiB. */
const LARGEST = 900_000 - 19;

const [BLOCK, END] = [
  [0x314159, 0x265359],
  [0x177245, 0x385090],
] as const;

/** Two symbols write how often the byte at the front comes up once more, as a number whose digits are 1 and 2. */
const [RUN_1, RUN_2] = [0, 1];

/**
 * A content as the program bzip2 packs it: programs and units, which have much in common, become a sixth shorter than by gzip. No package
 * that is looked after writes it.
 *
 * @throws RangeError when the content is larger than one block
 */
export function bzip2(content: Uint8Array): Uint8Array {
  const block = shortRuns(content);
  if (block.length > LARGEST) throw new RangeError(`bzip2: ${block.length} bytes are more than one block.`);
  const out = new BitWriter();
  const sum = content.length > 0 ? checksum(content) : 0;
  for (const sign of Buffer.from('BZh9')) out.write(sign, 8);
  if (content.length > 0) writeBlock(out, block, sum);
  for (const half of END) out.write(half, 24);
  writeChecksum(out, sum); // of one block it is also that of all
  return out.end();
}

function writeBlock(out: BitWriter, block: Uint8Array, sum: number): void {
  const order = sortedRotations(block);
  const last = Uint8Array.from(order, (first) => block[(first || block.length) - 1] ?? 0);
  const used = [...new Set(block)].sort((a, b) => a - b);
  const end = used.length + 1;
  const symbols = [...movedToFront(last, used), end];
  const coding = codingOf(symbols, end + 1);
  for (const half of BLOCK) out.write(half, 24);
  writeChecksum(out, sum);
  out.write(0, 1); // not randomised
  out.write(order.indexOf(0), 24);
  writeUsed(out, used);
  writeCoding(out, coding);
  encode(symbols, coding, (code, bits) => out.write(code, bits));
}

/** Four bytes that are the same are followed by how many more there are. */
function shortRuns(content: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let i = 0, run = 0; i < content.length; i += run) {
    const byte = content[i] ?? 0;
    for (run = 1; run < 255 && content[i + run] === byte; ) run++;
    for (let n = 0; n < run && n < 4; n++) out.push(byte);
    if (run >= 4) out.push(run - 4);
  }
  return Uint8Array.from(out);
}

/** Each byte as its place in a list of those used, at whose front it is put: what has come up lately is a low number. */
function movedToFront(bytes: Uint8Array, used: readonly number[]): number[] {
  const list = [...used];
  const symbols: number[] = [];
  let run = 0;
  const endRun = () => {
    for (; run > 0; run = (run - 1) >> 1) symbols.push(run % 2 === 1 ? RUN_1 : RUN_2);
  };
  for (const byte of bytes) {
    const place = list.indexOf(byte);
    if (place === 0) {
      run += 1;
      continue;
    }
    endRun();
    symbols.push(place + 1);
    list.splice(place, 1);
    list.unshift(byte);
  }
  endRun();
  return symbols;
}

/** Which bytes come up, 16 at a time, and before it which of these sixteens. */
function writeUsed(out: BitWriter, used: readonly number[]): void {
  const sixteens = new Array<number>(16).fill(0);
  for (const byte of used) sixteens[byte >> 4] = (sixteens[byte >> 4] ?? 0) | (0x8000 >> (byte & 15));
  for (const bits of sixteens) out.write(bits ? 1 : 0, 1);
  for (const bits of sixteens) if (bits) out.write(bits, 16);
}

function writeCoding(out: BitWriter, { tables, selectors }: Coding): void {
  out.write(tables.length, 3);
  out.write(selectors.length, 15);
  const list = [...tables.keys()];
  for (const selector of selectors) {
    const place = list.indexOf(selector);
    for (let n = 0; n < place; n++) out.write(1, 1);
    out.write(0, 1);
    list.splice(place, 1);
    list.unshift(selector);
  }
  for (const lengths of tables) {
    let length = lengths[0] ?? 0;
    out.write(length, 5);
    for (const next of lengths) {
      for (; length < next; length++) out.write(0b10, 2);
      for (; length > next; length--) out.write(0b11, 2);
      out.write(0, 1);
    }
  }
}

function writeChecksum(out: BitWriter, sum: number): void {
  out.write(sum >>> 16, 16);
  out.write(sum & 0xffff, 16);
}

/** CRC-32, the highest bit first. */
function checksum(content: Uint8Array): number {
  let sum = -1;
  for (const byte of content) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  }
  return ~sum >>> 0;
}
