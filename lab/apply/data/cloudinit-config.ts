import { gzipSync } from 'node:zlib';
import type { Attributes } from '../resource-type';
import type { Schema } from '../schema';

interface Part {
  readonly content: string;
  readonly content_type: string;
  readonly filename: string;
  readonly merge_type: string;
}

export const schema: Schema = {
  gzip: { type: 'bool', default: true },
  base64_encode: { type: 'bool', default: true },
  boundary: { type: 'string', default: 'MIMEBOUNDARY' },
  part: {
    type: {
      list: {
        object: { content: 'string', content_type: 'string', filename: 'string', merge_type: 'string' },
      },
    },
    required: true,
  },
  rendered: { type: 'string', readOnly: true },
};

/** The MIME document of the provider hashicorp/cloudinit, to the byte (but for gzip's, which differ by implementation). */
export function read({ gzip, base64_encode, boundary, part }: Attributes): Attributes {
  if (gzip && !base64_encode) throw new Error('gzip needs base64_encode');
  const document = Buffer.from(mime(part as unknown as readonly Part[], String(boundary)));
  const bytes = gzip ? gzipSync(document) : document;
  return { rendered: bytes.toString(base64_encode ? 'base64' : 'utf8') };
}

function mime(parts: readonly Part[], boundary: string): string {
  // The first line ends without a carriage return, and so it must: droplets are compared by this text.
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\r\n\r\n`;
  const bodies = parts.map((part) => `--${boundary}\r\n${headers(part)}\r\n\r\n${part.content}\r\n`);
  return `${head}${bodies.join('')}--${boundary}--\r\n`;
}

/** In the order of their names, as Go writes them. */
function headers({ content_type, filename, merge_type }: Part): string {
  return [
    ...(filename ? [`Content-Disposition: attachment; filename="${filename}"`] : []),
    'Content-Transfer-Encoding: 7bit',
    `Content-Type: ${content_type || 'text/plain'}`,
    'Mime-Version: 1.0',
    ...(merge_type ? [`X-Merge-Type: ${merge_type}`] : []),
  ].join('\r\n');
}
