import { gunzipSync } from 'node:zlib';
import { gzipSync } from 'fflate';

/** What cloud-init calls a content that is gzip in base64. */
export const PACKED = 'gz+b64';

/** Such a content in a text: it begins with gzip's two magic bytes and its method. Further lines hold nothing else. */
const PACKED_TEXT = /\bH4sI[A-Za-z0-9+/]+(?:\n[ \t]*[A-Za-z0-9+/]+(?=={0,2}$))*={0,2}/gm;

/**
 * A content as cloud-init unpacks it. The same content must give the same bytes on every machine and in every year, or a
 * deployment replaces droplets: so the compressor is one pinned package, not Node.js's nor Terraform's, and notes no time.
 */
export function pack(content: string | Uint8Array): string {
  return Buffer.from(gzipSync(Buffer.from(content), { level: 9, mtime: 0 })).toString('base64');
}

/** What is packed in a text, wherever it stands there; of an archive, what fills its blocks ends a line. */
export function unpackAll(text: string): string[] {
  return (text.match(PACKED_TEXT) ?? []).flatMap((packed) => {
    try {
      return gunzipSync(Buffer.from(packed, 'base64')).toString().replace(/\0+/g, '\n');
    } catch {
      return []; // it only looked like it
    }
  });
}
