import { hashFactor, hashShift, sets, sieveCode, sieveMemory, type Swizzle, tablesOfSet } from './sieve-code.ts';
import { groupedWords } from './sieve-groups.ts';
import { anchorsByWord, createSieve, hitsAt, type Sieve, wordLength } from './sieve.ts';
import { instanceOf, type Running } from './wasm-engine.ts';

/**
 * A sieve for much content; it gives what `createSieve` gives. It looks at sixteen bytes at once, by a program of its own,
 * which machines without such instructions do not take: they have the other sieve.
 */
export function createFastSieve(
  anchors: readonly (readonly string[])[],
  swizzles: readonly Swizzle[] = ['relaxed', 'strict'],
): Sieve {
  for (const swizzle of swizzles) {
    const program = instanceOf(sieveCode(swizzle));
    if (program !== undefined) return sieveBy(program, anchors);
  }
  return createSieve(anchors);
}

function sieveBy({ m: memory, f: search }: Running, anchors: readonly (readonly string[])[]): Sieve {
  const byWord = anchorsByWord(anchors);
  const all = new Uint8Array(memory.buffer);
  const groups = groupedWords([...byWord.keys()], sets * groupsOfSet);
  for (const [group, words] of groups.entries()) for (const word of words) enter(all, word, group);
  const places = new Uint32Array(memory.buffer, sieveMemory.places, sieveMemory.mostPlaces + 32);
  return {
    scan: ({ bytes, from, to }, hit) => {
      const end = Math.min(bytes.length - wordLength + 1, to);
      for (let start = from; start < end; start += sieveMemory.mostPlaces) {
        const until = Math.min(end, start + sieveMemory.mostPlaces);
        const isAll = start === 0 && until + wordLength - 1 === bytes.length;
        all.set(isAll ? bytes : bytes.subarray(start, until + wordLength - 1), sieveMemory.bytes);
        const count = search(sieveMemory.bytes, sieveMemory.bytes + until - start);
        for (let index = 0; index < count; index += 1) {
          const at = start + (places[index] as number) - sieveMemory.bytes;
          // Sixteen places are looked at together, the last of them behind the end.
          if (at < until) hitsAt(byWord, { bytes, at }, hit);
        }
      }
    },
  };
}

/** A group is a bit of the bytes in a set's tables. */
const groupsOfSet = 8;

/** Enters a word, its first byte highest, into tables and hashes of a program. */
function enter(all: Uint8Array, word: number, group: number): void {
  const tables = Math.floor(group / groupsOfSet) * tablesOfSet * 16;
  const bit = 1 << (group % groupsOfSet);
  let lowestFirst = 0;
  for (let k = 0; k < wordLength; k += 1) {
    const byte = (word >>> (24 - 8 * k)) & 0xff;
    lowestFirst |= byte << (8 * k);
    add(all, tables + 32 * k + (byte & 15), bit);
    add(all, tables + 32 * k + 16 + (byte >>> 4), bit);
  }
  const hash = Math.imul(lowestFirst, hashFactor) >>> hashShift;
  add(all, sieveMemory.hashes + (hash >>> 3), 1 << (hash & 7));
}

function add(all: Uint8Array, at: number, bits: number): void {
  all[at] = (all[at] as number) | bits;
}
