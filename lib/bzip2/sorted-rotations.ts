/**
 * The rotations of a block, each as the index of its first byte, sorted by their bytes. By doubling: those that begin with the same so many
 * bytes are told apart by what follows these, which is in order so far too.
 */
export function sortedRotations(block: Uint8Array): Int32Array {
  const { length } = block;
  const bytes = Int32Array.from(block);
  let order = sortedBy(
    bytes,
    bytes.map((_, i) => i),
  );
  let ranks = ranksOf(order, bytes, 0);
  for (let width = 1; width < length && !allApart(order, ranks); width *= 2) {
    const byWhatFollows = order.map((rotation) => (rotation - width + length) % length);
    order = sortedBy(ranks, byWhatFollows);
    ranks = ranksOf(order, ranks, width);
  }
  return order;
}

/** Rotations by the rank of each; those of one rank stay in their order. */
function sortedBy(ranks: Int32Array, rotations: Int32Array): Int32Array {
  /** Of each rank, first how many have it, then where its next one comes. */
  const next = new Int32Array(Math.max(ranks.length, 256));
  for (const rank of ranks) next[rank] = (next[rank] ?? 0) + 1;
  let places = 0;
  for (const [rank, many] of next.entries()) {
    next[rank] = places;
    places += many;
  }
  const sorted = new Int32Array(rotations.length);
  for (const rotation of rotations) {
    const rank = ranks[rotation] ?? 0;
    const place = next[rank] ?? 0;
    sorted[place] = rotation;
    next[rank] = place + 1;
  }
  return sorted;
}

/** Of each rotation, how many different ones come before it, by its rank so far and that of what follows so many bytes later. */
function ranksOf(order: Int32Array, ranks: Int32Array, width: number): Int32Array {
  const { length } = order;
  const finer = new Int32Array(length);
  let [rank, before] = [0, order[0] ?? 0];
  for (const rotation of order) {
    const alike =
      ranks[rotation] === ranks[before] &&
      ranks[(rotation + width) % length] === ranks[(before + width) % length];
    if (!alike) rank += 1;
    finer[rotation] = rank;
    before = rotation;
  }
  return finer;
}

function allApart(order: Int32Array, ranks: Int32Array): boolean {
  return ranks[order.at(-1) ?? 0] === order.length - 1;
}
