import { hashFactor, hashShift, sieveCode, sieveMemory } from './sieve-code.ts';
import { anchorsByWord, createSieve, hitsAt, type Sieve, wordLength } from './sieve.ts';

/** What is used of WebAssembly. */
interface Engine {
  readonly validate: (code: Uint8Array) => boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (program: object) => { readonly exports: Program };
}

interface Program {
  readonly m: { readonly buffer: ArrayBuffer };
  readonly f: (at: number, until: number) => number;
}

const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: Engine };
let compiled: object | 'not-here' | undefined;

/**
 * A sieve for much content; it gives what `createSieve` gives. It looks at sixteen bytes at once, by a program of its own,
 * which machines without such instructions do not take: they have the other sieve.
 */
export function createFastSieve(anchors: readonly (readonly string[])[]): Sieve {
  compiled ??= compile();
  return typeof compiled === 'string' ? createSieve(anchors) : sieveBy(compiled, anchors);
}

function compile(): object | 'not-here' {
  const code = sieveCode();
  return engine.validate(code) ? new engine.Module(code) : 'not-here';
}

function sieveBy(program: object, anchors: readonly (readonly string[])[]): Sieve {
  const byWord = anchorsByWord(anchors);
  const { m: memory, f: search } = new engine.Instance(program).exports;
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
  const bytes = [24, 16, 8, 0].map((bits) => (word >>> bits) & 0xff);
  const group = 1 << groupOf(bytes[0] ?? 0, bytes[1] ?? 0);
  for (const [k, byte] of bytes.entries()) {
    const [low, high] = [32 * k + (byte & 15), 32 * k + 16 + (byte >>> 4)];
    all[low] = (all[low] ?? 0) | group;
    all[high] = (all[high] ?? 0) | group;
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const hash = Math.imul(first | (second << 8) | (third << 16) | (fourth << 24), hashFactor) >>> hashShift;
  const place = sieveMemory.hashes + (hash >>> 3);
  all[place] = (all[place] ?? 0) | (1 << (hash & 7));
}

/** Any would do; these keep small letters apart, of which most text is: four groups for them, by halves of the alphabet. */
function groupOf(first: number, second: number): number {
  const row = first >>> 4;
  if (row === 6 || row === 7) return 2 * (row & 1) + ((second >>> 4) & 1);
  return row < 4 ? 4 : Math.min(row + 1, 7);
}
