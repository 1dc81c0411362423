import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesIn, SoughtTexts, surroundingsOf } from './sought-texts.ts';

const texts = ['ab', 'node.js/v', '000000000\0'];

function streamed(chunks: readonly Buffer[]): SoughtTexts {
  const sought = new SoughtTexts(texts);
  for (const chunk of chunks) sought.write(chunk);
  sought.end();
  return sought;
}

test('what stands around a text is the same however the file is cut', () => {
  const part = fc.oneof(
    fc.constantFrom(...texts, 'node.js', 'a'),
    fc.integer({ min: 0, max: 400 }).map((length) => '.'.repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 300 })), (parts, lengths) => {
      const whole = Buffer.from(parts.join(''), 'latin1');
      const chunks: Buffer[] = [];
      let at = 0;
      for (const length of lengths) chunks.push(whole.subarray(at, (at += length)));
      const sought = streamed([...chunks, whole.subarray(at)]);
      for (const text of texts)
        expect(sought.around(text)).toEqual(placesIn(whole, text).map((place) => surroundingsOf(whole, place)));
    }),
    { numRuns: 300 },
  );
});

test('a text that stands everywhere is kept from its first places only', () => {
  const sought = streamed(Array.from({ length: 1000 }, () => Buffer.from('ab'.repeat(1000))));
  expect(sought.around('ab')).toHaveLength(64);
  expect(sought.around('never sought')).toEqual([]);
});
