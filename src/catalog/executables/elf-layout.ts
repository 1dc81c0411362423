/** Parts of a file that are at hand, by their offsets. */
export interface Spans {
  /** Exactly these bytes; `undefined` unless all of them are at hand. */
  read(offset: number, length: number): Buffer | undefined;
  /** As many of these bytes as are at hand from `offset` on. */
  upTo(offset: number, length: number): Buffer;
}

/** How numbers of a file are written. */
export interface ElfWords {
  /** Bytes of an address. */
  readonly size: 4 | 8;
  half(bytes: Buffer, at: number): number;
  /** 32 bits. */
  full(bytes: Buffer, at: number): number;
  /** An address or offset; one above 2^53 loses its lowest bits, and no file is so long. */
  word(bytes: Buffer, at: number): number;
}

export interface ElfSegment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

/** Header and segments of an ELF file. */
export interface ElfLayout {
  readonly type: number;
  readonly words: ElfWords;
  readonly segments: readonly ElfSegment[];
  /** Whether all segments that it names were at hand. */
  readonly isWhole: boolean;
}

const mostSegments = 512;
const longestHeader = 64;

/** Reads header and segment table; `undefined` when it is no ELF header. */
export function readElfLayout(bytes: Spans): ElfLayout | undefined {
  const head = bytes.upTo(0, longestHeader);
  if (head.length < 52 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const words = wordsOf(head);
  if (words === undefined || (words.size === 8 && head.length < longestHeader)) return undefined;
  const isWide = words.size === 8;
  const table = words.word(head, isWide ? 32 : 28);
  const entrySize = words.half(head, isWide ? 54 : 42);
  const count = words.half(head, isWide ? 56 : 44);
  const type = words.half(head, 16);
  if (count === 0) return { type, words, segments: [], isWhole: true };
  const content =
    entrySize < (isWide ? 56 : 32) || count > mostSegments ? undefined : bytes.read(table, count * entrySize);
  if (content === undefined) return { type, words, segments: [], isWhole: false };
  const segments = Array.from({ length: count }, (_, index) => segmentOf(content, index * entrySize, words));
  return { type, words, segments, isWhole: true };
}

function segmentOf(bytes: Buffer, at: number, words: ElfWords): ElfSegment {
  const { size } = words;
  return {
    type: words.full(bytes, at),
    offset: words.word(bytes, at + (size === 8 ? 8 : 4)),
    address: words.word(bytes, at + (size === 8 ? 16 : 8)),
    fileSize: words.word(bytes, at + (size === 8 ? 32 : 16)),
  };
}

function wordsOf(head: Buffer): ElfWords | undefined {
  const [width, order] = [head[4], head[5]];
  if ((width !== 1 && width !== 2) || (order !== 1 && order !== 2)) return undefined;
  const isLittle = order === 1;
  const full = isLittle
    ? (bytes: Buffer, at: number) => bytes.readUInt32LE(at)
    : (bytes: Buffer, at: number) => bytes.readUInt32BE(at);
  const low = isLittle ? 0 : 4;
  return {
    size: width === 2 ? 8 : 4,
    half: isLittle ? (bytes, at) => bytes.readUInt16LE(at) : (bytes, at) => bytes.readUInt16BE(at),
    full,
    word: width === 1 ? full : (bytes, at) => full(bytes, at + low) + full(bytes, at + 4 - low) * 2 ** 32,
  };
}
