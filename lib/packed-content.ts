/// <reference path="./bzip2/seek-bzip.d.ts" />
// Named here, so that whoever compiles file by file, as `ts-node` does, finds the types too.
import { decode } from 'seek-bzip';
import { fromAscii85, toAscii85 } from './ascii85';
import { bzip2 } from './bzip2/bzip2';

/** Such a content in a text: what bzip2 begins with, in Ascii85. */
const PACKED_TEXT = /6<\\%_0gSqh[!-u]*/g;

/**
 * A content as text, in the shortest form for which a droplet's Python has all that it takes. The same content must give the same bytes on
 * every machine and in every year, or a deployment replaces droplets: so they come from here, not from Node.js or Terraform.
 */
export function pack(content: string | Uint8Array): string {
  return toAscii85(bzip2(Buffer.from(content)));
}

/** What `pack` was given. */
export function unpack(packed: string): Buffer {
  return decode(Buffer.from(fromAscii85(packed)));
}

/** What is packed in a text, wherever it stands there; of an archive, what fills its blocks ends a line. */
export function unpackAll(text: string): string[] {
  return (text.match(PACKED_TEXT) ?? []).flatMap((packed) => {
    const lines = opened.get(packed) ?? linesIn(packed);
    opened.set(packed, lines);
    return lines;
  });
}

/** What was found in each, for all droplets of a tier have the same. */
const opened = new Map<string, readonly string[]>();

function linesIn(packed: string): readonly string[] {
  try {
    return [unpack(packed).toString().replace(/\0+/g, '\n')];
  } catch {
    return []; // it only looked like it
  }
}
