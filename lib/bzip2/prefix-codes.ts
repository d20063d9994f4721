/** No code is longer: decoders take 20 bits, bzip2 itself makes no more than these. */
const LONGEST = 17;

/** Symbols that share a table; which one, a selector tells. */
const SHARE = 50;

/** Rounds in which tables and selectors adapt to each other; after so many hardly anything changes. */
const ROUNDS = 4;

/** How symbols are written: bits of each symbol's code in several tables, and which table each so many symbols use. */
export interface Coding {
  readonly tables: readonly Lengths[];
  readonly selectors: readonly number[];
}

type Lengths = readonly number[];

/** A coding that suits symbols from 0 up to a size. */
export function codingOf(symbols: readonly number[], size: number): Coding {
  const parts: (readonly number[])[] = [];
  for (let i = 0; i < symbols.length; i += SHARE) parts.push(symbols.slice(i, i + SHARE));
  let tables = firstTables(symbols, size);
  let selectors: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    selectors = parts.map((part) => cheapest(tables, part));
    tables = tables.map((_, table) =>
      codeLengths(
        count(
          parts.filter((_, i) => selectors[i] === table),
          size,
        ),
      ),
    );
  }
  return { tables, selectors };
}

/** Calls `write` for the code of each symbol. */
export function encode(
  symbols: readonly number[],
  { tables, selectors }: Coding,
  write: (code: number, bits: number) => void,
): void {
  const codes = tables.map(codesOf);
  for (const [part, table] of selectors.entries()) {
    for (const symbol of symbols.slice(part * SHARE, (part + 1) * SHARE)) {
      write(codes[table]?.[symbol] ?? 0, tables[table]?.[symbol] ?? 0);
    }
  }
}

/** Each favours a range of symbols, the last the lowest; in what is left at each range's beginning it has its share. */
function firstTables(symbols: readonly number[], size: number): Lengths[] {
  const many = [200, 600, 1200, 2400].filter((least) => symbols.length >= least).length + 2;
  const frequencies = count([symbols], size);
  let [range, left, sum] = [many, symbols.length, 0];
  const ranges = frequencies.map((frequency) => {
    sum += frequency;
    const own = range;
    if (range > 1 && sum >= Math.floor(left / range)) {
      left -= sum;
      [range, sum] = [range - 1, 0];
    }
    return own - 1;
  });
  return Array.from({ length: many }, (_, table) => ranges.map((range) => (range === table ? 0 : 15)));
}

function cheapest(tables: readonly Lengths[], part: readonly number[]): number {
  const costs = tables.map((lengths) => part.reduce((sum, symbol) => sum + (lengths[symbol] ?? 0), 0));
  return costs.indexOf(Math.min(...costs));
}

function count(parts: readonly (readonly number[])[], size: number): number[] {
  const frequencies = new Array<number>(size).fill(0);
  for (const part of parts) {
    for (const symbol of part) frequencies[symbol] = (frequencies[symbol] ?? 0) + 1;
  }
  return frequencies;
}

/** Huffman's lengths. Each symbol has a code, also one that does not come up. */
function codeLengths(frequencies: readonly number[]): Lengths {
  let weights = frequencies.map((frequency) => Math.max(frequency, 1));
  for (;;) {
    const lengths = huffman(weights);
    if (Math.max(...lengths) <= LONGEST) return lengths;
    weights = weights.map((weight) => 1 + (weight >> 1));
  }
}

function huffman(weights: readonly number[]): Lengths {
  const lengths = weights.map(() => 0);
  let trees = weights.map((weight, symbol) => ({ weight, symbols: [symbol] }));
  while (trees.length > 1) {
    const [one, other, ...rest] = trees.sort((a, b) => a.weight - b.weight);
    if (!one || !other) break;
    const symbols = [...one.symbols, ...other.symbols];
    for (const symbol of symbols) lengths[symbol] = (lengths[symbol] ?? 0) + 1;
    trees = [...rest, { weight: one.weight + other.weight, symbols }];
  }
  return lengths;
}

/** Shorter codes come first, and of one length those of lower symbols. */
function codesOf(lengths: Lengths): number[] {
  const codes = lengths.map(() => 0);
  let code = 0;
  for (let bits = 1; bits <= LONGEST; bits++, code *= 2) {
    for (const [symbol, length] of lengths.entries()) if (length === bits) codes[symbol] = code++;
  }
  return codes;
}
