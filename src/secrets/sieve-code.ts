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
 * all of its bytes. There are two such sets of groups. What is left is looked up in a set of hashes. In other words, for
 * places `at` … `end`:
 *
 *     for (; at < end; at += 16) {
 *       groups = of both sets: all of (low[k][bytes[at + k] & 15] & high[k][bytes[at + k] >> 4]), k = 0 … 3, for sixteen places;
 *       for (each place whose groups are not 0) if (hashes has (word at the place * factor) >>> 16) places.push(place);
 *     }
 *     return how many;
 *
 * `relaxed`: by an instruction that asks less of the machine; it gives the same, since all that is looked up is below 16.
 */
export function sieveCode(swizzle: Swizzle): Uint8Array<ArrayBuffer> {
  return programOf({ pages: sieveMemory.pages, locals, body: body(simd(swizzle === 'relaxed' ? 0x100 : 0x0e)) });
}

/** The instruction that looks up sixteen bytes in a table of sixteen. */
export type Swizzle = 'relaxed' | 'strict';

/** Where things lie in the memory of the program: the tables of one set after the other, low and high by turns, from 0 on. */
export const sieveMemory = { hashes: 0x1000, places: 0xa000, mostPlaces: 0xfff0, bytes: 0x4b000, pages: 6 } as const;

/** Sets of eight groups each. */
export const sets = 2;
/** Tables of a set: two for each byte of a word. */
export const tablesOfSet = 8;

/** Of the hash of a word, as it is read with its first byte lowest; 18 bits are left of the product. */
export const hashFactor = 0x9e3779b1;
export const hashShift = 14;

/** Local values by their numbers; the tables follow them. */
const [at, until, count, mask, place, hash, low, high, fifteen, firstTable] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const firstGroups = firstTable + sets * tablesOfSet;
const locals = [2, 4, i32, 3 + sets * tablesOfSet + sets, v128];

function body(lookedUp: Code): readonly number[] {
  const everySet = Array.from({ length: sets }, (_, one) => one);
  return [
    ...everySet.flatMap(loadTables),
    ...bytes128(Array.from({ length: 16 }, () => 15)),
    ...set(fifteen),
    ...block([
      ...loop([
        ...get(at),
        ...get(until),
        ...isAtLeast,
        ...leaveIf(1),
        ...[0, 1, 2, 3].flatMap((k) => [...halvesOf(k), ...everySet.flatMap((one) => groupsOf({ k, one, lookedUp }))]),
        ...get(firstGroups),
        ...everySet.slice(1).flatMap((one) => [...get(firstGroups + one), ...either]),
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

function loadTables(one: number): Code {
  return Array.from({ length: tablesOfSet }, (_, table) => one * tablesOfSet + table).flatMap((table) => [
    ...load128(16 * table, constant(0)),
    ...set(firstTable + table),
  ]);
}

/** The halves of byte `k` of each of sixteen words. */
function halvesOf(k: number): Code {
  return [
    ...load128(k, get(at)),
    ...get(fifteen),
    ...both,
    ...set(low),
    ...load128(k, get(at)),
    ...constant(4),
    ...shiftPairs,
    ...get(fifteen),
    ...both,
    ...set(high),
  ];
}

/** Leaves of the groups of a set those to which byte `k` may belong. */
function groupsOf({ k, one, lookedUp }: { readonly k: number; readonly one: number; readonly lookedUp: Code }): Code {
  const table = firstTable + one * tablesOfSet + 2 * k;
  const ofLow = [...get(table), ...get(low), ...lookedUp];
  const ofHigh = [...get(table + 1), ...get(high), ...lookedUp];
  const before = k === 0 ? [] : [...get(firstGroups + one), ...both];
  return [...ofLow, ...ofHigh, ...both, ...before, ...set(firstGroups + one)];
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
const areNot = simd(0x24);
const bitmask = simd(0x64);
const shiftPairs = simd(0x8d);
const zeros = bytes128(Array.from({ length: 16 }, () => 0));

function load8(offset: number, address: Code): Code {
  return [...address, 0x2d, 0, ...unsigned(offset)];
}

function load32(address: Code): Code {
  return [...address, 0x28, 0, 0];
}

function store32(offset: number, address: Code, value: Code): Code {
  return [...address, ...value, 0x36, 0, ...unsigned(offset)];
}
