import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { pack, unpack, unpackAll } from '../lib/packed-content';

const SAMPLE = Array.from(
  { length: 400 },
  (_, i) => `${i}: server web-${i % 7} 10.20.0.${i % 251}:80 check\n`,
).join('');

const SAMPLE_DIGEST = '88f609740d39293999f20ebfb66b35ec34b1b583e3f312c8c5b8507deeff2e6d';

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

  test('gives every byte back, whatever they are, in signs that neither Terraform nor a mail part takes for its own', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 5000, unit: 'binary' }),
      // With runs, which are written in another way.
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', '\0'), fc.integer({ min: 1, max: 600 })), { maxLength: 30 })
        .map((runs) => runs.map(([sign, times]) => sign.repeat(times)).join('')),
      fc.tuple(fc.string({ maxLength: 40 }), fc.integer({ min: 1, max: 200 })).map(([s, n]) => s.repeat(n)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const packed = pack(text);
        expect(unpack(packed).equals(Buffer.from(text))).toBe(true);
        expect(packed).toMatch(/^[!-u]+$/);
      }),
    );
    for (const text of ['', 'a', 'aaa', 'aaaa', 'a'.repeat(255), 'a'.repeat(256), 'ab'.repeat(500)]) {
      expect(unpack(pack(text)).toString()).toBe(text);
    }
  });

  test('is a text of programs three times shorter, and refuses what is larger than a block of bzip2', () => {
    expect(pack(SAMPLE).length).toBeLessThan(SAMPLE.length / 3);
    const noise = Uint8Array.from({ length: 900_001 }, (_, i) => (i * 2_654_435_761) >>> 13);
    expect(() => pack(noise)).toThrow('bzip2: 900001 bytes are more than one block.');
  });

  test('is found in a text, and nothing else is', () => {
    // Of each length modulo 4, which decides how the text ends.
    for (const content of [SAMPLE, `${SAMPLE}a`, `${SAMPLE}ab`, `${SAMPLE}abcdefg`]) {
      const text = `- content: |\n    ${pack(content)}\n  path: /a\n- content: 6<\\%_0gSqhAAAA\n`;
      expect(unpackAll(text)).toEqual([content]);
    }
  });
});
