/** Bytes of an anchor that the sieve compares by table; no anchor is shorter. */
const wordLength = 4;

/** Where anchors stand in bytes. It looks at every third byte or so of ordinary text (Wu and Manber). */
export interface Sieve {
  /** Calls `hit` for each place of an anchor that begins in `from` … `to`, with the numbers of its detectors. */
  scan(range: { readonly bytes: Buffer; readonly from: number; readonly to: number }, hit: SieveHit): void;
}

export type SieveHit = (at: number, detector: number) => void;

interface Anchor {
  readonly bytes: Buffer;
  readonly detector: number;
}

/** A sieve for the anchors of each detector, in the order of the detectors. */
export function createSieve(anchors: readonly (readonly string[])[]): Sieve {
  const byWord = new Map<number, Anchor[]>();
  /** How far the next look may go when these two bytes end a word. */
  const jumps = new Uint8Array(0x10000).fill(wordLength - 1);
  const firsts = new Uint8Array(0x10000);
  for (const [detector, texts] of anchors.entries()) {
    for (const text of texts) {
      const bytes = Buffer.from(text, 'latin1');
      if (bytes.length < wordLength) throw new Error(`The anchor ${text} is shorter than ${wordLength} bytes.`);
      const word = bytes.readUInt32BE(0);
      byWord.set(word, [...(byWord.get(word) ?? []), { bytes, detector }]);
      firsts[word >>> 16] = 1;
      for (let end = 1; end < wordLength; end += 1) {
        const pair = bytes.readUInt16BE(end - 1);
        jumps[pair] = Math.min(jumps[pair] ?? 0, wordLength - 1 - end);
      }
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
        if (firsts[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 1) report(at);
        last += 1;
      }
      function report(at: number): void {
        for (const { bytes: anchor, detector } of byWord.get(bytes.readUInt32BE(at)) ?? [])
          if (bytes.compare(anchor, 0, anchor.length, at, Math.min(at + anchor.length, bytes.length)) === 0)
            hit(at, detector);
      }
    },
  };
}
