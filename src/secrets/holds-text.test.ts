import { describe, expect, test } from 'vitest';
import { createTextTest, textTestCode } from './holds-text.ts';
import { instanceOf } from './wasm-engine.ts';

const texts = ['stratum+', 'mining.subscribe'] as const;
const holdsText = createTextTest(texts);
/** Where the program's piece of memory ends. */
const piece = 0x10000;

/** Bytes of which each first byte of a text stands everywhere, so that every place is looked at. */
function bytesWith(text: string, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length, 'sm+.');
  bytes.write(text, at, 'latin1');
  return bytes;
}

describe('whether one of a few texts stands in bytes', () => {
  test('this machine takes the program', () => {
    expect(instanceOf(textTestCode(texts))).toBeDefined();
  });

  test.each(texts)('%s: at each place beside the ends of what is looked at together, and of a piece', (text) => {
    for (const around of [0, 64, piece]) {
      for (let at = Math.max(0, around - 70); at < around + 70; at += 1) {
        expect(holdsText(bytesWith(text, at, at + text.length)), `${at}`).toBe(true);
        expect(holdsText(bytesWith(text, at, at + text.length + 500)), `${at}`).toBe(true);
      }
    }
  });

  test.each(texts)('%s: not where its last byte is missing, changed, or left of bytes seen before', (text) => {
    for (const around of [0, 64, piece]) {
      for (let at = Math.max(0, around - 70); at < around + 70; at += 1) {
        expect(holdsText(bytesWith(text, at, at + text.length))).toBe(true);
        expect(holdsText(bytesWith(text, at, at + text.length - 1)), `${at}`).toBe(false);
        expect(holdsText(bytesWith(`${text.slice(0, -1)}\0`, at, at + text.length + 100)), `${at}`).toBe(false);
      }
    }
  });

  test('of nothing, nothing', () => {
    expect(holdsText(Buffer.alloc(0))).toBe(false);
    expect(holdsText(Buffer.alloc(300_000, 'sm+.'))).toBe(false);
  });

  test('several texts are found each, also those whose further byte is their last', () => {
    const isNamed = createTextTest(['abcdef', 'ghijkl', 'mnopqr']);
    expect(['xxabcdef', 'ghijkl', ' mnopqr ', 'abcdeF ghijkL'].map((text) => isNamed(Buffer.from(text)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
