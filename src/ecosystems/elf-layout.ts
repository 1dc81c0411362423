import type { Spans } from '#image/index.ts';

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
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
}

/** Where the table of sections lies, and which of them holds their names. */
export interface ElfSectionTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
  readonly names: number;
}

/** A part of the file that has a name. */
export interface ElfSection {
  readonly offset: number;
  readonly size: number;
}

/** Header and segments of an ELF file. */
export interface ElfLayout {
  readonly type: number;
  readonly words: ElfWords;
  readonly segments: readonly ElfSegment[];
  /** Missing: it names no sections, or too many. */
  readonly sections?: ElfSectionTable;
  /** Whether all segments that it names were at hand. */
  readonly isWhole: boolean;
}

const mostSegments = 512;
const mostSections = 4096;
/** Names of sections that are looked at together. */
const longestNames = 128 * 1024;
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
  const sections = sectionTable(head, words);
  const known = { type, words, ...(sections && { sections }) };
  if (count === 0) return { ...known, segments: [], isWhole: true };
  const content =
    entrySize < (isWide ? 56 : 32) || count > mostSegments ? undefined : bytes.read(table, count * entrySize);
  if (content === undefined) return { ...known, segments: [], isWhole: false };
  const segments = Array.from({ length: count }, (_, index) => segmentOf(content, index * entrySize, words));
  return { ...known, segments, isWhole: true };
}

function segmentOf(bytes: Buffer, at: number, words: ElfWords): ElfSegment {
  const { size } = words;
  const flags = words.full(bytes, at + (size === 8 ? 4 : 24));
  return {
    type: words.full(bytes, at),
    offset: words.word(bytes, at + (size === 8 ? 8 : 4)),
    address: words.word(bytes, at + (size === 8 ? 16 : 8)),
    fileSize: words.word(bytes, at + (size === 8 ? 32 : 16)),
    isWritable: (flags & 2) !== 0,
    isExecutable: (flags & 1) !== 0,
  };
}

function sectionTable(head: Buffer, words: ElfWords): ElfSectionTable | undefined {
  const isWide = words.size === 8;
  const [entrySize, count, names] = [58, 60, 62].map((at) => words.half(head, isWide ? at : at - 12));
  if (!entrySize || !count || names === undefined || count > mostSections || names >= count) return undefined;
  if (entrySize < (isWide ? 64 : 40)) return undefined;
  return { offset: words.word(head, isWide ? 40 : 32), entrySize, count, names };
}

/**
 * The section of a name. `undefined`: the file has none; `not-at-hand`: its table or the names lie in a part of the file
 * that is not at hand.
 */
export function findSection(
  { words, sections }: ElfLayout,
  bytes: Spans,
  name: string,
): ElfSection | 'not-at-hand' | undefined {
  if (sections === undefined) return undefined;
  const { offset, entrySize, count } = sections;
  const table = bytes.read(offset, entrySize * count);
  if (table === undefined) return 'not-at-hand';
  const partOf = (row: number): ElfSection => ({
    offset: words.word(table, row * entrySize + (words.size === 8 ? 24 : 16)),
    size: words.word(table, row * entrySize + (words.size === 8 ? 32 : 20)),
  });
  const named = partOf(sections.names);
  const names = bytes.read(named.offset, Math.min(named.size, longestNames));
  if (names === undefined) return named.size === 0 ? undefined : 'not-at-hand';
  const wanted = Buffer.from(`${name}\0`);
  if (names.indexOf(wanted) === -1) return undefined;
  const row = Array.from({ length: count }, (_, at) => at).find((at) => {
    const start = words.full(table, at * entrySize);
    return names.subarray(start, start + wanted.length).equals(wanted);
  });
  return row === undefined ? undefined : partOf(row);
}

/** Where in the file an address of the running program lies. */
export function fileOffset({ segments }: ElfLayout, address: number): number | undefined {
  const segment = segments.find(
    ({ type, address: from, fileSize }) => type === loadSegment && address >= from && address < from + fileSize,
  );
  return segment && segment.offset + (address - segment.address);
}

/** Type of a segment that is loaded (PT_LOAD). */
export const loadSegment = 1;

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
