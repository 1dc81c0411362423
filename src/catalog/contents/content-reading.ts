import { readElfLayout } from '#ecosystems/index.ts';
import { isElf } from '../code-file.ts';
import type { Spans } from '#image/index.ts';
import { markContext, minerMarkIn, type MinerMark } from './miners.ts';
import { codeSample, type PackingMark, packingOf, type Stretch } from './packing.ts';

/** What is known of a file before its content. */
export interface StartedFile {
  readonly size: number;
  readonly isExecutable: boolean;
}

/** First bytes in which a program says what it is, and a packer that it was there. */
const headBytes = 4096;
/** Texts of more bytes that nobody may execute are no settings of a miner. */
const longestText = 1024 * 1024;

const noBytes = Buffer.alloc(0);

function spansOf(head: Buffer): Spans {
  return {
    read: (offset, length) => (offset + length <= head.length ? head.subarray(offset, offset + length) : undefined),
    upTo: (offset, length) => head.subarray(offset, offset + length),
  };
}

/** Looks at one file as it streams. */
export class ContentReading {
  readonly #size: number;
  readonly #isExecutable: boolean;
  #head: Buffer = noBytes;
  #kind: 'undecided' | 'program' | 'text' | 'skipped' = 'undecided';
  #position = 0;
  #tail: Buffer = noBytes;
  #mark: MinerMark | undefined;
  #stretch: Stretch | undefined;
  #sample: Buffer[] | undefined;
  #packing: PackingMark | undefined;

  constructor({ size, isExecutable }: StartedFile) {
    this.#size = size;
    this.#isExecutable = isExecutable;
  }

  write(chunk: Buffer): void {
    if (this.#kind === 'skipped') return;
    if (this.#kind !== 'undecided') return this.#take(chunk);
    const seen = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    if (seen.length >= headBytes || seen.length >= this.#size) this.#begin(seen);
    else this.#head = Buffer.from(seen);
  }

  end() {
    if (this.#kind === 'undecided') this.#begin(this.#head);
    if (this.#tail.length > 0) this.#search(this.#tail, this.#tail.length);
    if (this.#sample !== undefined) this.#packing = packingOf(this.#head, Buffer.concat(this.#sample));
    return { isMachineCode: this.#kind === 'program', mark: this.#mark, packing: this.#packing };
  }

  /** With all bytes so far. */
  #begin(seen: Buffer): void {
    this.#head = noBytes;
    const layout = isElf(seen) ? readElfLayout(spansOf(seen.subarray(0, headBytes))) : undefined;
    if (layout !== undefined) this.#beginProgram(seen, codeSample(layout));
    else this.#kind = this.#isExecutable || this.#size <= longestText ? 'text' : 'skipped';
    this.#take(seen);
  }

  /** What is measured is at hand already in most programs; of others it is gathered as it comes. */
  #beginProgram(seen: Buffer, stretch: Stretch | undefined): void {
    this.#kind = 'program';
    const head = seen.subarray(0, headBytes);
    const { from, length } = stretch ?? { from: 0, length: 0 };
    if (from + length <= seen.length) {
      this.#packing = packingOf(head, seen.subarray(from, from + length));
      return;
    }
    this.#head = Buffer.from(head);
    this.#sample = [];
    this.#stretch = stretch;
  }

  #take(chunk: Buffer): void {
    if (this.#kind === 'undecided' || this.#kind === 'skipped') return;
    this.#searchOn(chunk);
    if (this.#stretch !== undefined) {
      const from = Math.max(0, this.#stretch.from - this.#position);
      const until = this.#stretch.from + this.#stretch.length - this.#position;
      if (from < chunk.length && until > 0) this.#sample?.push(Buffer.from(chunk.subarray(from, until)));
    }
    this.#position += chunk.length;
  }

  /** Copies no more of a file than its last bytes so far, which are seen again with what follows them. */
  #searchOn(chunk: Buffer): void {
    const before = this.#tail;
    const isLast = this.#position + chunk.length >= this.#size;
    if (before.length > 0) {
      const both = Buffer.concat([before, chunk.subarray(0, markContext)]);
      this.#search(both, isLast ? before.length : Math.min(before.length, both.length - markContext));
    }
    this.#search(chunk, isLast ? chunk.length : chunk.length - markContext);
    if (isLast) this.#tail = noBytes;
    else if (chunk.length >= markContext) this.#tail = Buffer.from(chunk.subarray(-markContext));
    else this.#tail = Buffer.from(Buffer.concat([before, chunk]).subarray(-markContext));
  }

  /** An address that begins near the end waits for what follows it. One of a pool says more than the protocol alone. */
  #search(bytes: Buffer, until: number): void {
    if (this.#mark?.by === 'pool' || (this.#kind !== 'program' && this.#kind !== 'text')) return;
    const mark = minerMarkIn(bytes, { kind: this.#kind, until });
    if (mark !== undefined && (this.#mark === undefined || mark.by === 'pool')) this.#mark = mark;
  }
}
