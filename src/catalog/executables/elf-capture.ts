import type { Spans } from '#image/index.ts';
import { type ElfLayout, loadSegment, readElfLayout } from '#ecosystems/index.ts';

/** Bytes of a file's beginning that are kept; most files are shorter. */
const longestPrefix = 16 * 1024 * 1024;
/** Bytes that are kept of each segment that begins later: tools that rewrite names put them into a segment at the end. */
const longestSpan = 256 * 1024;
const mostSpans = 64;
/** Bytes of all later segments that programs write to: Go keeps behind much data what a program was built of. */
const writableBytes = 32 * 1024 * 1024;
/** Bytes before the table of sections, where linkers put the names of sections. */
const beforeSections = 64 * 1024;

interface Span {
  readonly offset: number;
  readonly bytes: Buffer;
  filled: number;
}

/**
 * Keeps of an ELF file that streams by what `readElf` asks for: its beginning, and of what lies further the beginnings
 * of segments, what programs write to, and the table of sections with what stands before it. One serves many files, one after the other.
 */
export class ElfCapture implements Spans {
  #prefix: Buffer = Buffer.alloc(0);
  #filled = 0;
  #position = 0;
  #spans: readonly Span[] | undefined;

  /** Bytes of a file's beginning that are kept. */
  readonly longest: number;

  constructor(longest: number = longestPrefix) {
    this.longest = longest;
  }

  /** A file of so many bytes begins. */
  start(size: number): void {
    const wanted = Math.min(size, this.longest);
    if (this.#prefix.length < wanted) this.#prefix = Buffer.allocUnsafeSlow(wanted);
    this.#filled = 0;
    this.#position = 0;
    this.#spans = undefined;
  }

  write(chunk: Buffer): void {
    const kept = Math.min(chunk.length, this.longest - this.#filled, this.#prefix.length - this.#filled);
    if (kept > 0 && this.#position === this.#filled) {
      chunk.copy(this.#prefix, this.#filled, 0, kept);
      this.#filled += kept;
    }
    if (this.#position + chunk.length > this.longest) this.#fillSpans(chunk);
    this.#position += chunk.length;
  }

  read(offset: number, length: number): Buffer | undefined {
    const found = this.upTo(offset, length);
    return found.length === length ? found : undefined;
  }

  upTo(offset: number, length: number): Buffer {
    if (!(offset >= 0 && length > 0)) return Buffer.alloc(0);
    if (offset < this.#filled) return this.#prefix.subarray(offset, Math.min(offset + length, this.#filled));
    for (const span of this.#spans ?? []) {
      const from = offset - span.offset;
      if (from >= 0 && from < span.filled) return span.bytes.subarray(from, Math.min(from + length, span.filled));
    }
    return Buffer.alloc(0);
  }

  #fillSpans(chunk: Buffer): void {
    this.#spans ??= spansOf(readElfLayout(this), this.#filled);
    for (const span of this.#spans) {
      const from = span.offset + span.filled - this.#position;
      if (from < 0 || from >= chunk.length || span.filled === span.bytes.length) continue;
      span.filled += chunk.copy(span.bytes, span.filled, from);
    }
  }
}

interface Part {
  readonly offset: number;
  readonly length: number;
}

function spansOf(layout: ElfLayout | undefined, from: number): readonly Span[] {
  if (layout === undefined) return [];
  return [...segmentParts(layout, from), ...sectionParts(layout, from)].map(({ offset, length }) => ({
    offset,
    bytes: Buffer.allocUnsafeSlow(length),
    filled: 0,
  }));
}

function segmentParts({ segments }: ElfLayout, from: number): readonly Part[] {
  const later = segments.filter(({ offset, fileSize }) => offset + fileSize > from && fileSize > 0);
  let left = writableBytes;
  return later.slice(0, mostSpans).map((segment) => {
    const offset = Math.max(segment.offset, from);
    const most = segment.type === loadSegment && segment.isWritable ? Math.max(left, longestSpan) : longestSpan;
    const length = Math.min(most, segment.offset + segment.fileSize - offset);
    if (most > longestSpan) left -= length;
    return { offset, length };
  });
}

function sectionParts({ sections }: ElfLayout, from: number): readonly Part[] {
  if (sections === undefined) return [];
  const end = sections.offset + Math.min(sections.entrySize * sections.count, longestSpan);
  const offset = Math.max(from, sections.offset - beforeSections);
  return end > offset ? [{ offset, length: end - offset }] : [];
}
