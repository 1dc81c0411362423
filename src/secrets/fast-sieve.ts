import { hashFactor, hashShift, sieveCode, sieveMemory } from './sieve-code.ts';
import { anchorsByWord, createSieve, hitsAt, type Sieve, wordLength } from './sieve.ts';
import { instanceOf, type Running } from './wasm-engine.ts';

/**
 * A sieve for much content; it gives what `createSieve` gives. It looks at sixteen bytes at once, by a program of its own,
 * which machines without such instructions do not take: they have the other sieve.
 */
export function createFastSieve(anchors: readonly (readonly string[])[]): Sieve {
  const program = instanceOf(sieveCode());
  return program === undefined ? createSieve(anchors) : sieveBy(program, anchors);
}

function sieveBy({ m: memory, f: search }: Running, anchors: readonly (readonly string[])[]): Sieve {
  const byWord = anchorsByWord(anchors);
  const all = new Uint8Array(memory.buffer);
  for (const word of byWord.keys()) enter(all, word);
  const places = new Uint32Array(memory.buffer, sieveMemory.places, sieveMemory.mostPlaces + 32);
  return {
    scan: ({ bytes, from, to }, hit) => {
      const end = Math.min(bytes.length - wordLength + 1, to);
      for (let start = from; start < end; start += sieveMemory.mostPlaces) {
        const until = Math.min(end, start + sieveMemory.mostPlaces);
        all.set(bytes.subarray(start, until + wordLength - 1), sieveMemory.bytes);
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

/** Enters a word, its first byte highest, into tables and hashes of a program. */
function enter(all: Uint8Array, word: number): void {
  const group = 1 << groupOf(word >>> 24, (word >>> 16) & 0xff);
  let lowestFirst = 0;
  for (let k = 0; k < wordLength; k += 1) {
    const byte = (word >>> (24 - 8 * k)) & 0xff;
    lowestFirst |= byte << (8 * k);
    add(all, 32 * k + (byte & 15), group);
    add(all, 32 * k + 16 + (byte >>> 4), group);
  }
  const hash = Math.imul(lowestFirst, hashFactor) >>> hashShift;
  add(all, sieveMemory.hashes + (hash >>> 3), 1 << (hash & 7));
}

function add(all: Uint8Array, at: number, bits: number): void {
  all[at] = (all[at] as number) | bits;
}

/** Any would do; these keep small letters apart, of which most text is: four groups for them, by halves of the alphabet. */
function groupOf(first: number, second: number): number {
  const row = first >>> 4;
  if (row === 6 || row === 7) return 2 * (row & 1) + ((second >>> 4) & 1);
  return row < 4 ? 4 : Math.min(row + 1, 7);
}
