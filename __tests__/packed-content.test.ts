import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack, unpackAll } from '../lib/packed-content';

const SAMPLE = Array.from(
  { length: 400 },
  (_, i) => `${i}: server web-${i % 7} 10.20.0.${i % 251}:80 check\n`,
).join('');

const SAMPLE_DIGEST = 'c6fb3a5ff2f5ce7e972237c8562ee2db950ec03843e5985436790ee8f9c96a7b';

describe('a packed content', () => {
  test('has the bytes that it had on every other machine, on every other day: else droplets would be replaced', () => {
    const digest = (text: string) => createHash('sha256').update(pack(text)).digest('hex');
    expect(digest(SAMPLE)).toBe(SAMPLE_DIGEST);
    jest.useFakeTimers({ now: new Date('2031-05-06') });
    try {
      expect(digest(SAMPLE)).toBe(SAMPLE_DIGEST);
    } finally {
      jest.useRealTimers();
    }
  });

  test('gives every byte back', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: 'binary' }), (text) => {
        expect(gunzipSync(Buffer.from(pack(text), 'base64')).toString()).toBe(text);
      }),
    );
  });

  test('is found in a text on one line or on several, and nothing else is', () => {
    // Of each length modulo 3, which decides how base64 ends.
    for (const content of [SAMPLE, `${SAMPLE}a`, `${SAMPLE}ab`, `${SAMPLE}abcdefg`]) {
      const packed = pack(content);
      const lines = packed.replace(/.{76}/g, '$&\n      ');
      const text = `- content: ${packed}\n  path: /a\n- content: |\n      ${lines}\n  path: /b\n- content: H4sIAAAA\n`;
      expect(unpackAll(text)).toEqual([content, content]);
    }
  });
});
