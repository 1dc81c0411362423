import { AppError } from '#base/index.ts';
import type { BodyLimits } from '../endpoint.ts';

/** Counts a JSON text that arrives in pieces. */
export interface BodyCounter {
  /** Throws `AppError` `too-large` once the text has too many bytes, tokens or levels. */
  add(chunk: Uint8Array): void;
  count(): BodyLimits;
}

const quote = 0x22;
const backslash = 0x5c;

/** What a byte outside a string does: 1 a token, 2 a token that goes a level down, 3 goes a level up, 4 begins a string. */
const meanings = new Uint8Array(256);
for (const [characters, meaning] of [
  [',:', 1],
  ['[{', 2],
  [']}', 3],
  ['"', 4],
] as const)
  for (const character of characters) meanings[character.charCodeAt(0)] = meaning;

/**
 * Counts bytes, structural tokens (`{ [ , :` outside strings) and depth of JSON in UTF-8, before anything is parsed. All
 * that counts is ASCII, which is no part of another character in UTF-8. Of what is not JSON it counts something; the
 * parser refuses that.
 */
export function countBody(limits: BodyLimits): BodyCounter {
  let [bytes, tokens, depth, deepest] = [0, 0, 0, 0];
  let place: 'outside' | 'string' | 'escape' = 'outside';

  /** Gives the index after the end of the string, or of the chunk. */
  function skipString(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      if (place === 'escape') place = 'string';
      else if (chunk[at] === backslash) place = 'escape';
      else if (chunk[at] === quote) {
        place = 'outside';
        return at + 1;
      }
    }
    return chunk.length;
  }

  function countOutside(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const meaning = meanings[chunk[at] ?? 0];
      if (meaning === 0) continue;
      if (meaning === 4) {
        place = 'string';
        return at + 1;
      }
      if (meaning === 3) {
        depth = Math.max(0, depth - 1);
        continue;
      }
      tokens++;
      if (meaning === 2) deepest = Math.max(deepest, ++depth);
    }
    return chunk.length;
  }

  return {
    add: (chunk) => {
      bytes += chunk.length;
      if (bytes > limits.bytes) throw tooLarge(`is larger than ${limits.bytes} bytes`);
      for (let at = 0; at < chunk.length; ) at = place === 'outside' ? countOutside(chunk, at) : skipString(chunk, at);
      if (tokens > limits.tokens) throw tooLarge(`has more than ${limits.tokens} values`);
      if (deepest > limits.depth) throw tooLarge(`is nested more than ${limits.depth} levels deep`);
    },
    count: () => ({ bytes, tokens, depth: deepest }),
  };
}

function tooLarge(what: string): AppError {
  return new AppError('too-large', `The body ${what}.`);
}
