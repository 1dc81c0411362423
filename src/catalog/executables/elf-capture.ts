import { type ElfLayout, readElfLayout, type Spans } from './elf-layout.ts';

/** Bytes of a file's beginning that are kept; most files are shorter. */
const longestPrefix = 16 * 1024 * 1024;
/** Bytes that are kept of each segment that begins later: tools that rewrite names put them into a segment at the end. */
const longestSpan = 256 * 1024;
const mostSpans = 64;

interface Span {
  readonly offset: number;
  readonly bytes: Buffer;
  filled: number;
}

/**
 * Keeps of an ELF file that streams by what `readElf` asks for: its beginning, and of what lies further the beginnings
 * of segments. One serves many files, one after the other.
 */
export class ElfCapture implements Spans {
  #prefix: Buffer = Buffer.alloc(0);
  #filled = 0;
  #position = 0;
  #spans: readonly Span[] | undefined;

  /** A file of so many bytes begins. */
  start(size: number): void {
    const wanted = Math.min(size, longestPrefix);
    if (this.#prefix.length < wanted) this.#prefix = Buffer.allocUnsafeSlow(wanted);
    this.#filled = 0;
    this.#position = 0;
    this.#spans = undefined;
  }

  write(chunk: Buffer): void {
    const kept = Math.min(chunk.length, longestPrefix - this.#filled, this.#prefix.length - this.#filled);
    if (kept > 0 && this.#position === this.#filled) {
      chunk.copy(this.#prefix, this.#filled, 0, kept);
      this.#filled += kept;
    }
    if (this.#position + chunk.length > longestPrefix) this.#fillSpans(chunk);
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

function spansOf(layout: ElfLayout | undefined, from: number): readonly Span[] {
  const later = (layout?.segments ?? []).filter(({ offset, fileSize }) => offset + fileSize > from && fileSize > 0);
  return later.slice(0, mostSpans).map(({ offset, fileSize }) => ({
    offset: Math.max(offset, from),
    bytes: Buffer.allocUnsafeSlow(Math.min(longestSpan, offset + fileSize - Math.max(offset, from))),
    filled: 0,
  }));
}
