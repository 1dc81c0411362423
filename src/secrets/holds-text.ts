import {
  add,
  again,
  block,
  both,
  bytes128,
  type Code,
  constant,
  either,
  get,
  isAtLeast,
  leaveIf,
  load128,
  loop,
  programOf,
  set,
  simd,
  v128,
} from './wasm-code.ts';
import { instanceOf } from './wasm-engine.ts';

/** Says whether one of a few texts stands in bytes. */
export type TextTest = (bytes: Buffer) => boolean;

/** Where bytes begin in the memory of the program, and how many are looked at in one call; what lies behind them is zero or old. */
const piece = 0x10000;
const memory = { pages: 2, bytes: 0 } as const;
/** Bytes that are looked at together. */
const stride = 64;

/**
 * A test for much content. It looks at 64 places at once for the first byte of a text with one further byte of it, and
 * compares the text only where both stand. Machines without such instructions search for one text after the other.
 */
export function createTextTest(texts: readonly string[]): TextTest {
  const needles = texts.map((text) => Buffer.from(text, 'latin1'));
  const program = instanceOf(textTestCode(texts));
  if (program === undefined) return (bytes) => needles.some((needle) => bytes.includes(needle));
  const all = new Uint8Array(program.m.buffer);
  const longest = Math.max(...needles.map(({ length }) => length));
  const standsWithin = (bytes: Buffer, from: number): boolean => {
    const seen = bytes.subarray(from, from + stride + longest - 1);
    return needles.some((needle) => seen.includes(needle));
  };
  return (bytes) => {
    for (let start = 0; start < bytes.length; start += piece) {
      const isAll = start === 0 && bytes.length <= piece + longest;
      const seen = isAll ? bytes : bytes.subarray(start, start + piece + longest);
      all.set(seen, memory.bytes);
      const end = Math.min(piece, seen.length);
      let at = program.f(memory.bytes, end);
      for (; at >= 0; at = program.f(at + stride, end)) if (standsWithin(bytes, start + at)) return true;
    }
    return false;
  };
}

/** Local values by their numbers; two for each text follow them. */
const [at, until, firstByte] = [0, 1, 2];
const anyTrue = simd(0x53);
const areEqual = simd(0x23);
const returnAt: Code = [0x04, 0x40, ...get(at), 0x0f, 0x0b];

/** In other words: `for (; at < until; at += 64) if (at some place here, both bytes of some text stand) return at; return -1;` */
export function textTestCode(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = texts.flatMap((text) => [text.charCodeAt(0), text.charCodeAt(furtherByte(text))]);
  const fills = bytes.flatMap((byte, index) => [
    ...bytes128(Array.from({ length: 16 }, () => byte)),
    ...set(firstByte + index),
  ]);
  const looks = texts.flatMap((text, index) =>
    [0, 16, 32, 48].map((place) => standAt(place, firstByte + 2 * index, furtherByte(text))),
  );
  const [first = [], ...others] = looks;
  const body = [
    ...fills,
    ...block(
      loop([
        ...get(at),
        ...get(until),
        ...isAtLeast,
        ...leaveIf(1),
        ...first,
        ...others.flatMap((look) => [...look, ...either]),
        ...anyTrue,
        ...returnAt,
        ...get(at),
        ...constant(stride),
        ...add,
        ...set(at),
        ...again(0),
      ]),
    ),
    ...constant(-1),
  ];
  return programOf({ pages: memory.pages, locals: [1, bytes.length, v128], body });
}

/** At which of sixteen places the first and the further byte of a text stand. */
function standAt(place: number, local: number, further: number): Code {
  return [
    ...load128(place, get(at)),
    ...get(local),
    ...areEqual,
    ...load128(place + further, get(at)),
    ...get(local + 1),
    ...areEqual,
    ...both,
  ];
}

/** The first that is no letter, which is rarer than most; else the last. */
function furtherByte(text: string): number {
  const rare = text.search(/[^a-z]/i);
  return rare > 0 ? rare : text.length - 1;
}
