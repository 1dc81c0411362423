import {
  add,
  again,
  block,
  both,
  bytes128,
  type Code,
  constant,
  get,
  i32,
  isAtLeast,
  leaveIf,
  load128,
  loop,
  programOf,
  set,
  simd,
  unsigned,
  v128,
} from './wasm-code.ts';

/**
 * A program in WebAssembly that tells where words of four bytes may stand. Sixteen places are looked at together (Teddy): two
 * tables for each byte of a word say to which of eight groups its halves may belong, and a place counts where one group has
 * all of its bytes. What is left is looked up in a set of hashes. In other words, for places `at` … `end`:
 *
 *     for (; at < end; at += 16) {
 *       groups = all of (low[k][bytes[at + k] & 15] & high[k][bytes[at + k] >> 4]), k = 0 … 3, for sixteen places;
 *       for (each place whose groups are not 0) if (hashes has (word at the place * factor) >>> 16) places.push(place);
 *     }
 *     return how many;
 */
export function sieveCode(): Uint8Array<ArrayBuffer> {
  return programOf({ pages: sieveMemory.pages, locals, body: body() });
}

/** Where things lie in the memory of the program: the tables, low and high by turns, from 0 on. */
export const sieveMemory = { hashes: 0x1000, places: 0xa000, mostPlaces: 0xfff0, bytes: 0x4b000, pages: 6 } as const;

/** Of the hash of a word, as it is read with its first byte lowest; 18 bits are left of the product. */
export const hashFactor = 0x9e3779b1;
export const hashShift = 14;

/** Local values by their numbers; the tables follow them. */
const [at, until, count, mask, place, hash, firstTable] = [0, 1, 2, 3, 4, 5, 6];
const locals = [2, 4, i32, 8, v128];

function body(): readonly number[] {
  return [
    ...Array.from({ length: 8 }, (_, table) => [
      ...load128(16 * table, constant(0)),
      ...set(firstTable + table),
    ]).flat(),
    ...block([
      ...loop([
        ...get(at),
        ...get(until),
        ...isAtLeast,
        ...leaveIf(1),
        ...groupsOf(0),
        ...groupsOf(1),
        ...both,
        ...groupsOf(2),
        ...both,
        ...groupsOf(3),
        ...both,
        ...zeros,
        ...areNot,
        ...bitmask,
        ...set(mask),
        ...block([...loop([...get(mask), ...isZero, ...leaveIf(1), ...lookUp(), ...again(0)])]),
        ...get(at),
        ...constant(16),
        ...add,
        ...set(at),
        ...again(0),
      ]),
    ]),
    ...get(count),
  ];
}

/** Groups to which byte `k` of each of sixteen words may belong. */
function groupsOf(k: number): readonly number[] {
  const low = [...get(firstTable + 2 * k), ...load128(k, get(at)), ...fifteens, ...both, ...lookedUp];
  const high = [...get(firstTable + 2 * k + 1), ...load128(k, get(at)), ...constant(4), ...shiftBytes, ...lookedUp];
  return [...low, ...high, ...both];
}

/** The lowest place of the mask: it is told where the hash of its word is known. */
function lookUp(): readonly number[] {
  return [
    ...get(at),
    ...get(mask),
    ...lowestBit,
    ...add,
    ...set(place),
    ...get(mask),
    ...get(mask),
    ...constant(1),
    ...subtract,
    ...and,
    ...set(mask),
    ...load32(get(place)),
    ...constant(hashFactor | 0),
    ...multiply,
    ...constant(hashShift),
    ...shift,
    ...set(hash),
    // Always stored, and overwritten by the next where it does not count: a jump that cannot be foreseen costs more.
    ...store32(sieveMemory.places, [...get(count), ...constant(2), ...shiftLeft], get(place)),
    ...load8(sieveMemory.hashes, [...get(hash), ...constant(3), ...shift]),
    ...get(hash),
    ...constant(7),
    ...and,
    ...shift,
    ...constant(1),
    ...and,
    ...get(count),
    ...add,
    ...set(count),
  ];
}

const isZero: Code = [0x45];
const lowestBit: Code = [0x68];
const subtract: Code = [0x6b];
const multiply: Code = [0x6c];
const and: Code = [0x71];
const shiftLeft: Code = [0x74];
const shift: Code = [0x76];
const lookedUp = simd(0x0e);
const areNot = simd(0x24);
const bitmask = simd(0x64);
const shiftBytes = simd(0x6d);
const zeros = bytes128(Array.from({ length: 16 }, () => 0));
const fifteens = bytes128(Array.from({ length: 16 }, () => 15));

function load8(offset: number, address: Code): Code {
  return [...address, 0x2d, 0, ...unsigned(offset)];
}

function load32(address: Code): Code {
  return [...address, 0x28, 0, 0];
}

function store32(offset: number, address: Code, value: Code): Code {
  return [...address, ...value, 0x36, 0, ...unsigned(offset)];
}
