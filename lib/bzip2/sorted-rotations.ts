/** Bytes by which rotations are sorted at first: as many as a number holds exactly. */
const FIRST = 6;

type Range = readonly [from: number, to: number];

/**
 * The rotations of a block, each as the index of its first byte, sorted by their bytes. By doubling: rotations that begin with the same
 * so many bytes are told apart by the places of what follows these, until all are, or are the same all round.
 */
export function sortedRotations(block: Uint8Array): Int32Array {
  const { length } = block;
  const order = Int32Array.from(block, (_, i) => i);
  /** Of each rotation, where those that are like it so far begin in the order. */
  const place = new Int32Array(length);
  const beginning = Float64Array.from(block, (_, i) => beginningAt(block, i));
  let alike = split(order, place, [[0, length]], (i) => beginning[i] ?? 0);
  for (let width = FIRST; alike.length > 0 && width < length; width *= 2) {
    alike = split(order, place, alike, (i) => place[(i + width) % length] ?? 0);
  }
  return order;
}

function beginningAt(block: Uint8Array, start: number): number {
  let number = 0;
  for (let i = start; i < start + FIRST; i++) number = number * 256 + (block[i % block.length] ?? 0);
  return number;
}

/** Sorts ranges of the order by a key. @returns the ranges in which several have the same one */
function split(
  order: Int32Array,
  place: Int32Array,
  ranges: readonly Range[],
  key: (rotation: number) => number,
): Range[] {
  return ranges.flatMap(([from, to]) => {
    const range = order.subarray(from, to).sort((a, b) => key(a) - key(b));
    const keys = Float64Array.from(range, key); // before a place changes
    const alike: Range[] = [];
    for (let start = 0, end = 0; start < range.length; start = end) {
      while (end < range.length && keys[end] === keys[start]) place[range[end++] ?? 0] = from + start;
      if (end - start > 1) alike.push([from + start, from + end]);
    }
    return alike;
  });
}
