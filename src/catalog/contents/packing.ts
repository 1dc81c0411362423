import { type ElfLayout, loadSegment } from '#ecosystems/index.ts';

/** How a program shows that its code is unpacked only when it runs. */
export interface PackingMark {
  /** `upx`: it says so; `entropy`: its code is as dense as only compressed or encrypted bytes are. */
  readonly by: 'upx' | 'entropy';
  /** Bits a byte of its code, 0 to 8, to two places; missing: it was not measured. */
  readonly entropy?: number;
}

/** Bytes of code that are measured, and the fewest that tell anything. */
const longestSample = 32 * 1024;
const shortestSample = 4 * 1024;
/** Bits a byte: machine code has some 5.5 to 6.8, compressed bytes 7.9 and more. */
const densest = 7.5;
/** A program with fewer in a part of the sample is not measured further: parts of packed code are alike. */
const densestOfPart = 7;
/** The part: so many bytes of each so many. */
const part = { bytes: 64, of: 256 } as const;
const upxMark = Buffer.from('UPX!');

/** Part of a file. */
export interface Stretch {
  readonly from: number;
  readonly length: number;
}

/** The middle of the largest segment of code; `undefined`: too little of it. */
export function codeSample({ segments }: ElfLayout): Stretch | undefined {
  const code = segments
    .filter(({ type, isExecutable }) => type === loadSegment && isExecutable)
    .toSorted((left, right) => right.fileSize - left.fileSize)[0];
  if (code === undefined || code.fileSize < shortestSample) return undefined;
  const length = Math.min(longestSample, code.fileSize);
  return { from: code.offset + Math.floor((code.fileSize - length) / 2), length };
}

/** `head`: first bytes of the file; `sample`: bytes of its code, as many as there are. */
export function packingOf(head: Buffer, sample: Buffer): PackingMark | undefined {
  const isUpx = head.includes(upxMark);
  if (!isUpx && entropyOf(sample, part) < densestOfPart) return undefined;
  const bits = sample.length < shortestSample ? undefined : entropyOf(sample);
  const measured = bits === undefined ? {} : { entropy: Math.round(bits * 100) / 100 };
  if (isUpx) return { by: 'upx', ...measured };
  return bits !== undefined && bits >= densest ? { by: 'entropy', ...measured } : undefined;
}

const all = { bytes: longestSample, of: longestSample } as const;

/** Shannon's entropy in bits a byte: of all, or of the first bytes of each stretch. */
export function entropyOf(bytes: Uint8Array, seen: { readonly bytes: number; readonly of: number } = all): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let start = 0; start < bytes.length; start += seen.of) {
    const end = Math.min(bytes.length, start + seen.bytes);
    // By index: an iterator would cost several times as much.
    for (let at = start; at < end; at += 1) (counts[bytes[at] as number] as number) += 1;
    total += end - start;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
