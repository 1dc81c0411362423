/** Bytes of an anchor that the sieve compares by table; no anchor is shorter. */
export const wordLength = 4;

/** Where anchors stand in bytes. It looks at every third byte or so of ordinary text (Wu and Manber). */
export interface Sieve {
  /** Calls `hit` for each place of an anchor that begins in `from` … `to`, with the numbers of its detectors. */
  scan(range: { readonly bytes: Buffer; readonly from: number; readonly to: number }, hit: SieveHit): void;
}

export type SieveHit = (at: number, detector: number) => void;

/** A text that a detector looks for; each of its characters is a byte. */
export interface Anchor {
  readonly text: string;
  readonly detector: number;
}

/** A sieve for the anchors of each detector, in the order of the detectors. */
export function createSieve(anchors: readonly (readonly string[])[]): Sieve {
  const byWord = anchorsByWord(anchors);
  /** How far the next look may go when these two bytes end a word. */
  const jumps = new Uint8Array(0x10000).fill(wordLength - 1);
  const firsts = new Uint8Array(0x10000);
  for (const word of byWord.keys()) {
    firsts[word >>> 16] = 1;
    for (let end = 1; end < wordLength; end += 1) {
      const pair = (word >>> (8 * (wordLength - 1 - end))) & 0xffff;
      jumps[pair] = Math.min(jumps[pair] ?? 0, wordLength - 1 - end);
    }
  }
  return {
    scan: ({ bytes, from, to }, hit) => {
      const end = Math.min(bytes.length, to + wordLength - 1);
      let last = from + wordLength - 1;
      while (last < end) {
        const jump = jumps[((bytes[last - 1] as number) << 8) | (bytes[last] as number)] as number;
        if (jump > 0) {
          last += jump;
          continue;
        }
        const at = last - wordLength + 1;
        if (firsts[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 1) hitsAt(byWord, { bytes, at }, hit);
        last += 1;
      }
    },
  };
}

/** Anchors by their first four bytes as a number with sign, the first byte highest. */
export function anchorsByWord(anchors: readonly (readonly string[])[]): ReadonlyMap<number, readonly Anchor[]> {
  const byWord = new Map<number, Anchor[]>();
  for (let detector = 0; detector < anchors.length; detector += 1) {
    for (const text of anchors[detector] ?? []) {
      if (text.length < wordLength) throw new Error(`The anchor ${text} is shorter than ${wordLength} bytes.`);
      const word = wordOf(text);
      const known = byWord.get(word);
      if (known === undefined) byWord.set(word, [{ text, detector }]);
      else known.push({ text, detector });
    }
  }
  return byWord;
}

function wordOf(text: string): number {
  return (text.charCodeAt(0) << 24) | (text.charCodeAt(1) << 16) | (text.charCodeAt(2) << 8) | text.charCodeAt(3);
}

/** Calls `hit` for each anchor that stands whole at a place. */
export function hitsAt(
  byWord: ReadonlyMap<number, readonly Anchor[]>,
  { bytes, at }: { readonly bytes: Buffer; readonly at: number },
  hit: SieveHit,
): void {
  const anchors = byWord.get(bytes.readInt32BE(at));
  if (anchors === undefined) return;
  for (const { text, detector } of anchors) if (standsAt(text, bytes, at)) hit(at, detector);
}

/** The first four bytes are known to be there. */
function standsAt(text: string, bytes: Buffer, at: number): boolean {
  for (let index = wordLength; index < text.length; index += 1)
    if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}
