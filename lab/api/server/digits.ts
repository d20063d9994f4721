/**
 * Whole numbers of more digits than JavaScript's numbers have. DigitalOcean keeps those that are options of a database, such as
 * Kafka's 9223372036854775807: they come as bigints, which no other field takes, are stored as marked texts, and leave as they came.
 */

const MARK = '\u0000digits:';
const MARKED = /"\\u0000digits:(-?\d+)"/g;
/** Texts, and whole numbers in none that have so many digits that some may be lost. */
const TEXT_OR_LARGE = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

const isKept = (token: string) => token.startsWith('"') || String(Number(token)) === token;

/** As JSON.parse; a whole number that would lose digits is a bigint. @throws SyntaxError */
export function parseDigits(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!/\d{16}/.test(text)) return value;
  const marked = text.replace(TEXT_OR_LARGE, (token) =>
    isKept(token) ? token : JSON.stringify(MARK + token),
  );
  if (marked === text) return value;
  return JSON.parse(marked, (_, one) =>
    typeof one === 'string' && one.startsWith(MARK) ? BigInt(one.slice(MARK.length)) : one,
  );
}

/** A value as it is stored: bigints in it are marked texts. */
export function storable<T>(value: T): T;
export function storable(value: unknown): unknown {
  if (typeof value === 'bigint') return `${MARK}${value}`;
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, storable(one)]));
}

/** An answer as JSON, with the digits of marked texts. */
export function jsonOf(answer: unknown): string {
  const text = JSON.stringify(answer);
  return text.includes('\\u0000digits:') ? text.replace(MARKED, '$1') : text;
}
