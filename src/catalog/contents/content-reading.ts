import { readElfLayout } from '#ecosystems/index.ts';
import { markContext, minerMarkIn, type MinerMark } from './miners.ts';
import { codeSample, packingOf, type Stretch } from './packing.ts';

/** What is known of a file before its content. */
export interface StartedFile {
  readonly size: number;
  readonly isExecutable: boolean;
}

/** First bytes in which a program says what it is, and a packer that it was there. */
const headBytes = 4096;
/** Texts of more bytes that nobody may execute are no settings of a miner. */
const longestText = 1024 * 1024;

/** Looks at one file as it streams. */
export class ContentReading {
  readonly #size: number;
  readonly #isExecutable: boolean;
  #head: Buffer = Buffer.alloc(0);
  #kind: 'undecided' | 'program' | 'text' | 'skipped' = 'undecided';
  #position = 0;
  #tail: Buffer = Buffer.alloc(0);
  #mark: MinerMark | undefined;
  #stretch: Stretch | undefined;
  readonly #sample: Buffer[] = [];

  constructor({ size, isExecutable }: StartedFile) {
    this.#size = size;
    this.#isExecutable = isExecutable;
  }

  write(chunk: Buffer): void {
    if (this.#kind === 'skipped') return;
    if (this.#kind !== 'undecided') return this.#take(chunk);
    const seen = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#head = Buffer.from(seen.subarray(0, headBytes));
    if (seen.length >= headBytes || seen.length >= this.#size) this.#begin(seen);
  }

  end() {
    if (this.#kind === 'undecided') this.#begin(this.#head);
    this.#search(this.#tail, this.#tail.length);
    const isElf = this.#kind === 'program';
    const packing = isElf ? packingOf(this.#head, Buffer.concat(this.#sample)) : undefined;
    return { isElf, mark: this.#mark, packing };
  }

  /** With all bytes so far. */
  #begin(seen: Buffer): void {
    const layout = readElfLayout({
      read: (offset, length) =>
        offset + length <= this.#head.length ? this.#head.subarray(offset, offset + length) : undefined,
      upTo: (offset, length) => this.#head.subarray(offset, offset + length),
    });
    if (layout !== undefined) {
      this.#kind = 'program';
      this.#stretch = codeSample(layout);
    } else this.#kind = this.#isExecutable || this.#size <= longestText ? 'text' : 'skipped';
    this.#take(seen);
  }

  #take(chunk: Buffer): void {
    if (this.#kind === 'undecided' || this.#kind === 'skipped') return;
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#search(bytes, bytes.length - markContext);
    this.#tail = Buffer.from(bytes.subarray(-markContext));
    if (this.#stretch !== undefined) {
      const from = Math.max(0, this.#stretch.from - this.#position);
      const until = this.#stretch.from + this.#stretch.length - this.#position;
      if (from < chunk.length && until > 0) this.#sample.push(Buffer.from(chunk.subarray(from, until)));
    }
    this.#position += chunk.length;
  }

  /** An address that begins near the end waits for what follows it. One of a pool says more than the protocol alone. */
  #search(bytes: Buffer, until: number): void {
    if (this.#mark?.by === 'pool' || (this.#kind !== 'program' && this.#kind !== 'text')) return;
    const mark = minerMarkIn(bytes, { kind: this.#kind, until });
    if (mark !== undefined && (this.#mark === undefined || mark.by === 'pool')) this.#mark = mark;
  }
}
