import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isAppError } from '#base/index.ts';
import { countBody } from './count-body.ts';

const without = { bytes: Infinity, tokens: Infinity, depth: Infinity };

/** What the parsed value says. */
function measure(value: unknown): { readonly tokens: number; readonly depth: number } {
  if (typeof value !== 'object' || value === null) return { tokens: 0, depth: 0 };
  const inside = Object.values(value).map(measure);
  const colons = Array.isArray(value) ? 0 : inside.length;
  const commas = Math.max(0, inside.length - 1);
  return {
    tokens: 1 + colons + commas + inside.reduce((sum, { tokens }) => sum + tokens, 0),
    depth: 1 + Math.max(0, ...inside.map(({ depth }) => depth)),
  };
}

/** Pieces of every size, one byte among them, so that escapes and characters are split. */
function count(bytes: Uint8Array, cuts: readonly number[]): ReturnType<ReturnType<typeof countBody>['count']> {
  const counter = countBody(without);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [at, from] of places.slice(0, -1).entries()) counter.add(bytes.subarray(from, places[at + 1]));
  return counter.count();
}

/** Strings full of what counts outside of them, of backslashes, quotes and characters of two units. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a', 'ü', '𝕊', '\u2028', '\n', '/') }),
  fc.string({ unit: 'binary' }).map((value) => value.toWellFormed()),
);
const document = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('counting a body', () => {
  test('agrees with what the parser finds, however the text is cut, written and spaced', () => {
    fc.assert(
      fc.property(
        document,
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.constantFrom(0, 1, '\t'),
        fc.boolean(),
        (value, cuts, space, escaped) => {
          const plain = JSON.stringify(value, null, space);
          const json = escaped
            ? plain.replaceAll(/[^\u0000-\u007f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
            : plain;
          const bytes = Buffer.from(json);
          expect(count(bytes, cuts)).toEqual({ bytes: bytes.length, ...measure(JSON.parse(json)) });
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('agrees byte by byte', () => {
    const json = '{"a\\\\":["\\"[{,:","\\u005b","\\ud83d\\ude00","😀",{"":[[]]}],"b":1}';
    const counter = countBody(without);
    for (const byte of Buffer.from(json)) counter.add(Uint8Array.of(byte));
    expect(counter.count()).toEqual({ bytes: Buffer.byteLength(json), ...measure(JSON.parse(json)) });
  });

  it.each([
    ['bytes', '"aaaaaaaa"', { ...without, bytes: 9 }, { ...without, bytes: 10 }],
    ['tokens', '[{"a":1},2]', { ...without, tokens: 3 }, { ...without, tokens: 4 }],
    ['levels', '[[[]]]', { ...without, depth: 2 }, { ...without, depth: 3 }],
  ] as const)('refuses too many %s, and takes as many as are allowed', (_, json, refused, taken) => {
    expect(codeOf(() => countBody(refused).add(Buffer.from(json)))).toBe('too-large');
    expect(codeOf(() => countBody(taken).add(Buffer.from(json)))).toBe(undefined);
  });

  it.each([
    ['empty arrays', '[],'],
    ['empty objects', '{},'],
    ['open arrays', '['],
    ['closed arrays', ']['],
    ['empty keys', '"":'],
    ['arrays between strings with quotes', '"\\"",[],"\\\\",'],
  ])('counts %s without end, valid or not', (_, piece) => {
    const counter = countBody({ bytes: Infinity, tokens: 100_000, depth: Infinity });
    const chunk = Buffer.from(piece.repeat(30_000));
    const refused = Array.from({ length: 10 }, () => codeOf(() => counter.add(chunk)));
    expect(refused.indexOf('too-large')).toBeGreaterThanOrEqual(0);
  });
});

function codeOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
}
